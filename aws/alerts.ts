import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { PublishCommand } from '@aws-sdk/client-sns';
import type { AlertMessage } from '../core/incident/message.ts';
import { cloudWatch, sns } from './clients.ts';

export interface AlarmState {
  name: string;
  state: string;
  reason: string;
  description: string;
  since?: Date;
}

/** Sends one message to everybody who subscribed to the alert topic. */
export async function publishAlert(topicArn: string, alert: AlertMessage): Promise<void> {
  await sns().send(new PublishCommand({ TopicArn: topicArn, Subject: alert.subject, Message: alert.message }));
}

/** Alarms whose name begins with `prefix`, ringing ones first. */
export async function alarmStates(prefix: string): Promise<AlarmState[]> {
  const alarms: AlarmState[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cloudWatch().send(new DescribeAlarmsCommand({ AlarmNamePrefix: prefix, NextToken }));
    for (const alarm of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])]) {
      alarms.push({
        name: alarm.AlarmName!,
        state: alarm.StateValue!,
        reason: alarm.StateReason ?? '',
        description: alarm.AlarmDescription ?? '',
        since: alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp,
      });
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return alarms.sort(
    (a, b) => Number(b.state === 'ALARM') - Number(a.state === 'ALARM') || a.name.localeCompare(b.name),
  );
}
