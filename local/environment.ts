const inherited =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_.*|TZ|TMPDIR|LD_LIBRARY_PATH|DYLD_.*|SYSTEMROOT|TRIBUTARY_.*)$/;

/**
 * The environment of a part of the local cloud: what every program needs and the given variables, nothing else. The
 * user's AWS profile, credentials, proxies or Node options must not reach the emulator, nor the functions it runs.
 */
export function partEnvironment(
  variables: Record<string, string>,
  env: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const kept = Object.entries(env).filter(([name, value]) => value !== undefined && inherited.test(name));
  return { ...(Object.fromEntries(kept) as Record<string, string>), ...variables };
}

/**
 * The user's environment without a word about AWS, for tools that may need proxies and certificates to reach a package
 * registry but must reach only the local cloud as AWS.
 */
export function withoutAws(
  variables: Record<string, string>,
  env: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const kept = Object.entries(env).filter(
    ([name, value]) => value !== undefined && !/^(AWS_|SLS_|SERVERLESS_|NODE_OPTIONS$)/i.test(name),
  );
  const direct = ['127.0.0.1', 'localhost', ...(env.NO_PROXY ?? env.no_proxy ?? '').split(',').filter(Boolean)].join(
    ',',
  );
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    NO_PROXY: direct,
    no_proxy: direct,
    // Files that do not exist: the SDK then knows no profile, no endpoint and no credentials but ours.
    AWS_CONFIG_FILE: '/nonexistent/aws-config',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/aws-credentials',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...variables,
  };
}
