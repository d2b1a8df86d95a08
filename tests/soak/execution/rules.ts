import { DisableRuleCommand, EnableRuleCommand, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { eventBridge } from '../../../aws/clients.ts';

/**
 * Switches off what would start runs of its own beside those of the harness: the rule on dropped files, and schedules.
 * Returns what switches the same ones on again.
 */
export async function silenceRules(stage: string): Promise<() => Promise<void>> {
  const { Rules = [] } = await eventBridge().send(new ListRulesCommand({ NamePrefix: `tributary-${stage}-` }));
  const loud = Rules.filter(
    ({ Name, State, ScheduleExpression }) =>
      State === 'ENABLED' && (Name!.endsWith('-file-landed') || Boolean(ScheduleExpression)),
  );
  for (const { Name } of loud) await eventBridge().send(new DisableRuleCommand({ Name }));
  return async () => {
    for (const { Name } of loud) await eventBridge().send(new EnableRuleCommand({ Name }));
  };
}
