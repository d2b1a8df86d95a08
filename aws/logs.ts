import { DescribeLogGroupsCommand, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { cloudWatchLogs } from './clients.ts';

export interface LogLine {
  id: string;
  at: Date;
  /** Short name of what wrote it: the function's. */
  source: string;
  text: string;
}

/** Names of the log groups of a stage's functions, without the prefix they share. */
export async function functionLogs(stage: string): Promise<string[]> {
  const prefix = groupPrefix(stage);
  const names: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await cloudWatchLogs().send(new DescribeLogGroupsCommand({ logGroupNamePrefix: prefix, nextToken }));
    names.push(...(page.logGroups ?? []).map((group) => group.logGroupName!.slice(prefix.length)));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return names;
}

/** Lines of some functions since a time, oldest first. */
export async function logLines(stage: string, functions: string[], since: Date, limit: number): Promise<LogLine[]> {
  const each = await Promise.all(functions.map((name) => linesOf(stage, name, since)));
  return each
    .flat()
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .slice(-limit);
}

async function linesOf(stage: string, name: string, since: Date): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  let nextToken: string | undefined;
  do {
    const page = await cloudWatchLogs().send(
      new FilterLogEventsCommand({ logGroupName: groupPrefix(stage) + name, startTime: since.getTime(), nextToken }),
    );
    for (const event of page.events ?? []) {
      lines.push({
        id: event.eventId ?? '',
        at: new Date(event.timestamp ?? 0),
        source: name,
        text: (event.message ?? '').trimEnd(),
      });
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return lines;
}

const groupPrefix = (stage: string) => `/aws/lambda/tributary-${stage}-`;
