import type { Command } from 'commander';
import { alarmStates } from '../../aws/alerts.ts';
import { type IncidentSummary, incidents, sentAlerts } from '../../core/incident/alerts.ts';
import { action, positiveInteger, spanOption } from '../context.ts';
import { formatTime } from '../format.ts';
import type { Style } from '../terminal.ts';

interface Options {
  since?: number;
  limit: number;
  full?: boolean;
}

const STATUS_STYLES: Record<string, Style> = { open: 'red', resolved: 'green', recovered: 'green', expired: 'dim' };
const ALARM_STYLES: Record<string, Style> = { ALARM: 'red', OK: 'green', INSUFFICIENT_DATA: 'dim' };

export function alerts(program: Command): void {
  program
    .command('alerts')
    .description('show incidents with their counts, what was sent to the alert topic, and the state of the alarms')
    .addOption(spanOption('--since <span>', 'only of this last time, like 15m, 2h or 7d'))
    .option('-n, --limit <number>', 'how many messages, and closed incidents', positiveInteger, 20)
    .option('--full', 'whole messages, not only their subjects')
    .action(
      action<[], Options>(async (session, options) => {
        const { terminal, clock } = session;
        const since = options.since === undefined ? undefined : new Date(clock.now().getTime() - options.since);
        const limits = { since, limit: options.limit };
        const [known, sent, alarms] = await Promise.all([
          session.ledger().then((ledger) => incidents(ledger, limits)),
          session.ledger().then((ledger) => sentAlerts(ledger, limits)),
          session.stack().then((stack) => alarmStates(`tributary-${stack.stage}-`)),
        ]);
        if (terminal.mode === 'json') {
          const messages = sent.map(({ at, subject, message }) => ({ at, subject, message }));
          return terminal.json({ incidents: known.map(facts), messages, alarms });
        }
        terminal.heading('Incidents');
        if (known.length === 0 && terminal.mode === 'table') terminal.out('none');
        terminal.table(
          [
            'dataset',
            'error',
            { title: 'status', style: (status) => STATUS_STYLES[String(status)] },
            'runs',
            'waiting for',
            'first (UTC)',
            'last (UTC)',
            'first run',
          ],
          known.map((summary) => row(facts(summary))),
        );
        terminal.heading('Sent');
        if (sent.length === 0 && terminal.mode === 'table') terminal.out('nothing');
        else if (options.full) {
          for (const alert of sent) terminal.out(`${formatTime(alert.at)}  ${alert.subject}\n\n${alert.message}\n`);
        } else {
          terminal.table(
            ['sent (UTC)', 'subject'],
            sent.map((alert) => [formatTime(alert.at), alert.subject]),
          );
        }
        terminal.heading('Alarms');
        terminal.table(
          [
            'alarm',
            { title: 'state', style: (state) => ALARM_STYLES[String(state)] },
            'since (UTC)',
            { title: 'reason', width: 60 },
          ],
          alarms.map((alarm) => [alarm.name, alarm.state, formatTime(alarm.since), alarm.reason]),
        );
      }),
    );
}

function facts({ incident, status, waiting }: IncidentSummary) {
  const { dataset, error, state, machine, count, first_at, last_at, paged_at, closed_at, run } = incident;
  return {
    ...{ dataset, error, state, machine, status, runs: count, waiting, first_at, last_at },
    ...{ paged_at: paged_at ?? null, closed_at: closed_at ?? null, run: run.split(':').at(-1)! },
  };
}

const row = ({ dataset, error, state, status, runs, waiting, first_at, last_at, run }: ReturnType<typeof facts>) => [
  dataset,
  state === '-' ? error : `${error} in ${state}`,
  status,
  runs,
  status === 'open' ? waiting : '',
  formatTime(first_at),
  formatTime(last_at),
  run,
];
