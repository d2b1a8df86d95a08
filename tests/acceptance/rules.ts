import { DisableRuleCommand, EnableRuleCommand } from '@aws-sdk/client-eventbridge';
import { eventBridge } from '../../aws/clients.ts';

/** Switches the rule that starts a run for each dropped file. */
export async function setFileRule(stage: string, on: boolean): Promise<void> {
  const Name = `tributary-${stage}-file-landed`;
  await eventBridge().send(on ? new EnableRuleCommand({ Name }) : new DisableRuleCommand({ Name }));
}
