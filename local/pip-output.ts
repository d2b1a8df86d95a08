/** Turns pip's output into one short text of what is being fetched, how big it is and how far it is. */
export function pipReader(): (line: string) => string | undefined {
  let file = '';
  let size = '';
  let packages = 0;
  return (line) => {
    const fetched = /^\s*Downloading (\S+?)(?:\.metadata)? \(([\d.]+ ?[kMG]?B)\)/.exec(line);
    if (fetched && !line.includes('.metadata')) {
      packages++;
      file = wheelName(fetched[1]!);
      size = fetched[2]!;
      return `fetching ${file} (${size}), package ${packages}`;
    }
    const cached = /^\s*(?:Using cached|Processing) (\S+\.whl)/.exec(line);
    if (cached && !line.includes('.metadata')) {
      packages++;
      return `taking ${wheelName(cached[1]!)}, package ${packages}`;
    }
    const moved = /^Progress (\d+) of (\d+)/.exec(line);
    if (moved && file && Number(moved[2]) > 0) {
      return `fetching ${file} (${size}), ${Math.round((100 * Number(moved[1])) / Number(moved[2]))} %, package ${packages}`;
    }
    if (line.startsWith('Installing collected packages')) return `installing ${packages} packages`;
    return undefined;
  };
}

function wheelName(file: string): string {
  const [name, version] = file.split('/').at(-1)!.split('-');
  return version ? `${name} ${version}` : file;
}

/** Says in words why pip failed, or undefined if its output tells nothing that we know. */
export function explainPipFailure(output: string): string | undefined {
  if (/No space left on device|Disk quota exceeded|Errno 28/i.test(output)) return 'the disk is full';
  if (
    /Temporary failure in name resolution|Name or service not known|NewConnectionError|Connection refused|ConnectTimeout|ReadTimeout|Network is unreachable|Max retries exceeded|ProxyError|SSLError|nodename nor servname/i.test(
      output,
    )
  ) {
    return 'the Python package index could not be reached: check the network and any proxy settings';
  }
  const none = /No matching distribution found for (\S+)/.exec(output);
  if (none && output.includes('(from versions: none)')) {
    return `the Python package index offers no ${none[1]}: it could not be reached, or has none for this Python and this machine`;
  }
  if (none) return `there is no ready-made package of ${none[1]} for this Python and this machine`;
  return undefined;
}
