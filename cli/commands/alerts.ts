import type { Command } from 'commander';
import { alarmStates } from '../../aws/alerts.ts';
import { sentAlerts } from '../../core/incident/alerts.ts';
import { action, positiveInteger, spanOption } from '../context.ts';
import { formatTime } from '../format.ts';
import type { Style } from '../terminal.ts';

interface Options {
  since?: number;
  limit: number;
  full?: boolean;
}

const ALARM_STYLES: Record<string, Style> = { ALARM: 'red', OK: 'green', INSUFFICIENT_DATA: 'dim' };

export function alerts(program: Command): void {
  program
    .command('alerts')
    .description('show what was sent to the alert topic, newest first, and the state of the alarms')
    .addOption(spanOption('--since <span>', 'only of this last time, like 15m, 2h or 7d'))
    .option('-n, --limit <number>', 'how many messages', positiveInteger, 20)
    .option('--full', 'whole messages, not only their subjects')
    .action(
      action<[], Options>(async (session, options) => {
        const { terminal, clock } = session;
        const since = options.since === undefined ? undefined : new Date(clock.now().getTime() - options.since);
        const [sent, alarms] = await Promise.all([
          session.ledger().then((ledger) => sentAlerts(ledger, { since, limit: options.limit })),
          session.stack().then((stack) => alarmStates(`tributary-${stack.stage}-`)),
        ]);
        if (terminal.mode === 'json') {
          const messages = sent.map(({ at, subject, message }) => ({ at, subject, message }));
          return terminal.json({ messages, alarms });
        }
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
