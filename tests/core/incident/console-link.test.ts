import { describe, expect, it } from '@jest/globals';
import { executionConsoleLink, objectConsoleLink } from '../../../core/incident/console-link.ts';

describe('the console link of an execution', () => {
  it.each([
    [
      'aws',
      'eu-central-1',
      'https://eu-central-1.console.aws.amazon.com/states/home?region=eu-central-1#/v2/executions/details/',
    ],
    [
      'aws-cn',
      'cn-north-1',
      'https://cn-north-1.console.amazonaws.cn/states/home?region=cn-north-1#/v2/executions/details/',
    ],
    [
      'aws-us-gov',
      'us-gov-west-1',
      'https://us-gov-west-1.console.amazonaws-us-gov.com/states/home?region=us-gov-west-1#/v2/executions/details/',
    ],
  ])('points at the console of partition %s', (partition, region, expected) => {
    const arn = `arn:${partition}:states:${region}:111122223333:execution:tributary-prod-ingest:abc`;

    const link = executionConsoleLink(arn);

    expect(link).toBe(`${expected}${arn}`);
  });

  it('is absent for a partition whose console is not known', () => {
    const link = executionConsoleLink('arn:aws-iso:states:us-iso-east-1:111122223333:execution:m:abc');

    expect(link).toBeUndefined();
  });
});

describe('a link to an object', () => {
  it('points at the console of its region', () => {
    const arn = 'arn:aws:states:eu-central-1:111122223333:stateMachine:tributary-prod-ingest';

    const link = objectConsoleLink(arn, 'tributary-prod-lake-1', 'reports/orders/index.html');

    expect(link).toBe(
      'https://eu-central-1.console.aws.amazon.com/s3/object/tributary-prod-lake-1?region=eu-central-1&prefix=reports%2Forders%2Findex.html',
    );
  });

  it('is absent for a partition whose console is not known', () => {
    expect(objectConsoleLink('arn:aws-iso:states:us-iso-east-1:1:stateMachine:m', 'lake', 'a')).toBeUndefined();
  });
});
