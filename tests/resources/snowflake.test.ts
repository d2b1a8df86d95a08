import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse, type ScalarTag } from 'yaml';

/** `!Ref X` as `{ Ref: X }`, and so on for what the template uses. */
const tags = ['Ref', 'Sub', 'GetAtt', 'Not', 'And', 'Equals', 'Join', 'Condition'].flatMap((name) => {
  const key = ['Ref', 'Condition'].includes(name) ? name : `Fn::${name}`;
  return [
    { tag: `!${name}`, resolve: (text: string) => ({ [key]: text }) } satisfies ScalarTag,
    {
      tag: `!${name}`,
      collection: 'seq' as const,
      resolve: (items: { toJSON(): unknown }) => ({ [key]: items.toJSON() }),
    },
  ];
});

interface Statement {
  Action: string[];
  Resource: unknown[];
  Condition?: unknown;
}

type Node = Record<string, unknown>;
const template = parse(readFileSync(new URL('../../resources/snowflake.yml', import.meta.url), 'utf8'), {
  customTags: tags as never,
}) as {
  Parameters: Record<string, { Type: string; AllowedPattern: string }>;
  Conditions: Record<string, Node>;
  Resources: Record<string, { Condition: string; Properties: Node }>;
  Outputs: Record<string, { Condition: string }>;
};
const role = template.Resources.SnowflakeRole!;
const statements = (role.Properties.Policies as { PolicyDocument: { Statement: Statement[] } }[])[0]!.PolicyDocument
  .Statement;
const [trust] = (role.Properties.AssumeRolePolicyDocument as { Statement: Node[] }).Statement;

/** A condition as CloudFormation decides it for these values of the parameters. */
function decide(node: unknown, given: Record<string, string>): unknown {
  if (typeof node !== 'object' || node === null) return node;
  if (Array.isArray(node)) return node.map((item) => decide(item, given));
  const [[name, value]] = Object.entries(node) as [[string, unknown]];
  if (name === 'Ref') return given[value as string]!.split(',');
  if (name === 'Condition') return decide(template.Conditions[value as string], given);
  const args = decide(value, given) as unknown[];
  if (name === 'Fn::Join') return (args[1] as string[]).join(args[0] as string);
  if (name === 'Fn::Equals') return args[0] === args[1];
  if (name === 'Fn::Not') return !args[0];
  if (name === 'Fn::And') return args.every((arg) => arg === true);
  throw new Error(`no ${name} here`);
}

const user = 'arn:aws:iam::987654321098:user/abc1-b-self1234';
const id = 'ABC12345_SFCRole=2_kztjogs3W9S18I+iWapHpIz/wq4=';

describe("Snowflake's role", () => {
  it.each([
    ['', '', false],
    [user, '', false],
    ['', id, false],
    [user, id, true],
    [`${user},${user}2`, `${id},${id}2`, true],
  ])('with the users "%s" and the ids "%s" is there: %s', (users, ids, there) => {
    const given = { SnowflakeUserArn: users, SnowflakeExternalId: ids };

    expect(decide(template.Conditions[role.Condition], given)).toBe(there);
    expect(template.Outputs.SnowflakeRoleArn!.Condition).toBe(role.Condition);
  });

  it('is taken on by the named users only, and only with an id that Snowflake gave', () => {
    expect(trust).toEqual({
      Effect: 'Allow',
      Principal: { AWS: { Ref: 'SnowflakeUserArn' } },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': { Ref: 'SnowflakeExternalId' } } },
    });
  });

  it('reads and does nothing else', () => {
    const actions = statements.flatMap(({ Action }) => Action);

    expect(actions.filter((action) => !/^(s3|glue):(Get|List)[A-Z]/.test(action))).toEqual([]);
  });

  it('reaches silver and gold and nothing else', () => {
    const resources = statements.flatMap(({ Resource }) => Resource.map((resource) => JSON.stringify(resource)));
    const wide = resources.filter((resource) => !/silver|gold/i.test(resource));
    const listing = statements.find(({ Action }) => Action.includes('s3:ListBucket'));

    expect(wide).toEqual([
      '{"Fn::GetAtt":"LakeBucket.Arn"}',
      '{"Fn::GetAtt":"LakeBucket.Arn"}',
      expect.stringMatching(/:catalog"}$/),
    ]);
    expect(listing!.Condition).toEqual({ StringLike: { 's3:prefix': ['silver/*', 'gold/*'] } });
    expect(resources.filter((resource) => resource === '"*"')).toEqual([]);
  });

  it.each([
    ['SnowflakeUserArn', user, true],
    ['SnowflakeUserArn', '', true],
    ['SnowflakeUserArn', '*', false],
    ['SnowflakeUserArn', 'arn:aws:iam::987654321098:root', false],
    ['SnowflakeExternalId', id, true],
    ['SnowflakeExternalId', '', true],
    ['SnowflakeExternalId', '*', false],
  ])('is not given away by a slip: %s = "%s" is taken: %s', (parameter, value, taken) => {
    expect(new RegExp(template.Parameters[parameter]!.AllowedPattern).test(value)).toBe(taken);
  });
});
