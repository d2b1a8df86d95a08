import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { connectScript, roleArn } from '../../../core/snowflake/script.ts';
import { files, place } from './place.ts';

/** Names and values of a statement's parameters, those in parentheses too. */
const parameters = (statement: string) =>
  Object.fromEntries(
    [...statement.matchAll(/(\w+) = ('[^']*'|\w+|\()/g)].map(([, name, value]) => [name!, value!.replaceAll("'", '')]),
  );

describe('what connects Snowflake with a stage', () => {
  it('lets it read the lake, in the role of the stage, and write nothing', () => {
    const [volume] = connectScript(files, place);

    expect(volume).toMatch(/^create external volume if not exists tributary_prod_lake\n/);
    // https://docs.snowflake.com/en/sql-reference/sql/create-external-volume
    expect(parameters(volume!)).toEqual({
      storage_locations: '(',
      name: 'tributary-prod',
      storage_provider: 'S3',
      storage_base_url: 's3://tributary-prod-lake-123456789012/',
      storage_aws_role_arn: 'arn:aws:iam::123456789012:role/tributary-prod-snowflake',
      allow_writes: 'false',
    });
  });

  it("asks Glue's Iceberg REST endpoint in the stage's region, signed in the same role", () => {
    const [, integration] = connectScript(files, place);

    expect(integration).toMatch(/^create catalog integration if not exists tributary_prod_glue\n/);
    // https://docs.snowflake.com/en/sql-reference/sql/create-catalog-integration-rest
    expect(parameters(integration!)).toEqual({
      catalog_source: 'iceberg_rest',
      table_format: 'iceberg',
      catalog_namespace: 'tributary_prod_silver',
      rest_config: '(',
      catalog_uri: 'https://glue.eu-central-1.amazonaws.com/iceberg',
      catalog_api_type: 'aws_glue',
      catalog_name: '123456789012',
      access_delegation_mode: 'external_volume_credentials',
      rest_authentication: '(',
      type: 'sigv4',
      sigv4_iam_role: 'arn:aws:iam::123456789012:role/tributary-prod-snowflake',
      sigv4_signing_region: 'eu-central-1',
      enabled: 'true',
      refresh_interval_seconds: '300',
    });
  });

  it('never replaces what the role trusts', () => {
    expect(connectScript(files, place).filter((statement) => statement.includes('or replace'))).toEqual([]);
  });

  it('shows whom the role has to trust', () => {
    expect(connectScript(files, place).slice(2)).toEqual([
      'describe external volume tributary_prod_lake',
      'describe catalog integration tributary_prod_glue',
    ]);
  });

  it('names the role as the template does', () => {
    const template = readFileSync('resources/snowflake.yml', 'utf8');

    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of the template
    expect(template).toContain('RoleName: ${self:custom.names.prefix}-snowflake');
    expect(roleArn(place)).toBe('arn:aws:iam::123456789012:role/tributary-prod-snowflake');
  });
});
