import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
}

/** What a .cjs include of serverless.yml resolves to, with the given answers to the variables it asks for. */
export async function load<T>(file: string, variables: Record<string, unknown>): Promise<T> {
  return require(`../../resources/${file}`)({
    resolveVariable: async (name: string) => {
      if (!Object.hasOwn(variables, name)) throw new Error(`${file} asks for ${name}`);
      return variables[name];
    },
  });
}

export const names = { prefix: 'tributary-dev', database: 'tributary_dev', tags: {} };
export const variables = { 'sls:stage': 'dev', 'self:custom.names': names };
