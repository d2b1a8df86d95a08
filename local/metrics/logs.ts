import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import {
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Datum } from './emf.ts';
import { readEmf } from './emf.ts';
import type { LogLine, LogPosition } from './positions.ts';
import { advance } from './positions.ts';

/** Metrics in function logs that were not taken yet, and the positions after them. */
export async function readNewMetrics(
  logs: CloudWatchLogsClient,
  positions: Record<string, LogPosition>,
): Promise<{ data: Datum[]; positions: Record<string, LogPosition> }> {
  const data: Datum[] = [];
  const after = { ...positions };
  for (const group of await functionLogGroups(logs)) {
    const before = positions[group] ?? { since: 0, taken: {} };
    const { fresh, position } = advance(before, await readLines(logs, group, before.since));
    after[group] = position;
    data.push(...fresh.flatMap((line) => readEmf(line.message)));
  }
  return { data, positions: after };
}

async function functionLogGroups(logs: CloudWatchLogsClient): Promise<string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/lambda/', nextToken }));
    names.push(...(page.logGroups ?? []).flatMap((group) => group.logGroupName ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  return names;
}

/** The emulator answers up to this many lines, oldest first, and no token for the rest. */
const MAX_LINES = 10_000;

async function readLines(logs: CloudWatchLogsClient, logGroupName: string, since: number): Promise<LogLine[]> {
  try {
    const page = await logs.send(
      new FilterLogEventsCommand({
        logGroupName,
        startTime: since,
        limit: MAX_LINES,
        filterPattern: '"CloudWatchMetrics"',
      }),
    );
    const lines = (page.events ?? []).map((event) => ({
      stream: event.logStreamName ?? '',
      at: event.timestamp ?? 0,
      message: event.message ?? '',
    }));
    if (lines.length < MAX_LINES) return lines;
    // The last stream may be cut: it is read whole the next time.
    const last = lines.at(-1)!.at;
    return lines.filter((line) => line.at < last);
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return [];
    throw error;
  }
}
