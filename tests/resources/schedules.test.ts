import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

interface Schedule {
  name: string;
  rate: string[];
  enabled?: string | boolean;
}
const read = (file: string) => parse(readFileSync(file, 'utf8'), { logLevel: 'silent' });
const functions: Record<string, { events?: { schedule?: Schedule }[] }> = read('resources/functions.yml');
const { params } = read('serverless.yml') as { params: Record<string, Record<string, unknown>> };

/** The value of a setting that is a parameter of the deployment; anything else is itself. */
const settled = (value: unknown, stage = 'default'): unknown => {
  const [, name] = /^\$\{param:(\w+)\}$/.exec(String(value)) ?? [];
  if (name === undefined) return value;
  return params[stage]![name] ?? params.default![name];
};
const schedules = Object.entries(functions).flatMap(([name, { events = [] }]) =>
  events.flatMap(({ schedule }) => (schedule ? [[name, schedule] as const] : [])),
);

describe('the schedules', () => {
  it('call each function that nothing else calls, and on AWS from the first deployment on', () => {
    const machines = readdirSync('statemachines').map((file) => readFileSync(`statemachines/${file}`, 'utf8'));
    const workflow = readFileSync('resources/workflow.yml', 'utf8');
    const logicalName = (name: string) =>
      `${name[0]!.toUpperCase()}${name.slice(1).replaceAll('-', 'Dash')}LambdaFunction`;
    const called = (name: string) =>
      machines.some((machine) => machine.includes(`["${name}", "Arn"]`)) ||
      workflow.includes(logicalName(name)) ||
      (functions[name]!.events ?? []).some((event) => !('schedule' in event));

    const uncalled = Object.keys(functions).filter((name) => !called(name));

    expect(schedules.map(([name]) => name)).toEqual(uncalled);
    expect(uncalled).toEqual(['generate-orders', 'reconcile-landing', 'check-drift', 'sweep-incidents']);
    expect(schedules.map(([, { enabled = true }]) => settled(enabled))).toEqual(schedules.map(() => true));
  });

  it('are times that EventBridge knows, each of a rule of its own name', () => {
    const rates = schedules.flatMap(([, { rate }]) => rate.map((each) => settled(each)));

    expect(rates).toHaveLength(schedules.length);
    for (const rate of [...rates, params.default!.maintainSchedule]) {
      expect(rate).toMatch(
        /^(rate\((1 (minute|hour|day)|\d+ (minutes|hours|days))\)|cron\(\S+ \S+ \S+ \S+ \S+ \S+\))$/,
      );
    }
    expect(schedules.map(([, rule]) => rule.name)).toEqual(
      schedules.map(([name]) => `\${self:custom.names.prefix}-${name}`),
    );
  });

  it('start maintain by a rule, every night', () => {
    const { Resources } = parse(readFileSync('resources/workflow.yml', 'utf8'), {
      customTags: ['!Ref', '!GetAtt', '!Sub'].map((tag) => ({ tag, resolve: (text: string) => text })),
    });

    const { ScheduleExpression, State = 'ENABLED', Targets } = Resources.NightlyRule.Properties;

    expect([settled(ScheduleExpression), State]).toEqual(['cron(30 2 * * ? *)', 'ENABLED']);
    expect(Targets).toMatchObject([{ Arn: 'MaintainStateMachine', RoleArn: 'NightlyRuleRole.Arn' }]);
  });
});
