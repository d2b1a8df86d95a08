import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetFunctionCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { lambda } from '../../aws/clients.ts';
import { type Plan, readJson } from '../../local/cloud-state.ts';
import { home, stack, stage } from './cloud.ts';

/** Copies a zip file with one of its files replaced: `zip, copy, name in it, file that has the new text`. */
const replaceInZip = `
import sys, zipfile
source, target, name, text = sys.argv[1:]
with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as new:
    assert name in old.namelist(), name
    for entry in old.infolist():
        new.writestr(entry, open(text, 'rb').read() if entry.filename == name else old.read(entry))
`;

/**
 * Deploys one function of the local cloud with another text of a contract, which is all that a deployment of a corrected
 * contract changes in it. Returns what puts the function back as it was.
 */
export async function deployContract(task: string, dataset: string, text: string): Promise<() => Promise<void>> {
  await stack();
  const name = `tributary-${stage}-${task}`;
  const { Code } = await lambda().send(new GetFunctionCommand({ FunctionName: name }));
  const before = Buffer.from(await (await fetch(Code!.Location!)).arrayBuffer());
  const folder = mkdtempSync(join(tmpdir(), 'tributary-contract-'));
  const [old, corrected, contract] = ['old.zip', 'new.zip', 'contract.yaml'].map((file) => join(folder, file));
  writeFileSync(old!, before);
  writeFileSync(contract!, text);
  const { python } = readJson<Plan>(join(home, 'plan.json'))!.tools;
  execFileSync(python, ['-c', replaceInZip, old!, corrected!, `schemas/${dataset}.odcs.yaml`, contract!]);
  const update = async (zip: Buffer) => {
    await lambda().send(new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile: zip }));
  };
  await update(readFileSync(corrected!));
  return () => update(before);
}
