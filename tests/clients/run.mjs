// Runs every SDK against a service and looks for its purchase at the sandbox. See README.md.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { email } from './order.mjs';

const here = import.meta.dirname;
const scripts = ['segment-node', 'segment-node-v6', 'segment-browser', 'rudderstack-node', 'rudderstack-browser', 'rudderstack-browser-v1', 'mparticle-node', 'commandersact'];
const hashedEmail = createHash('sha256').update(email).digest('hex');

/** Builds and starts the service in Development, in a folder of its own, on a port the system chooses. */
async function start() {
  const project = resolve(here, '../../src/OfflineConversions.Server');
  await exit(spawn('dotnet', ['build', project, '--nologo', '--verbosity', 'quiet'], { stdio: 'inherit' }));
  const folder = await mkdtemp(join(tmpdir(), 'clients-'));
  const args = ['exec', join(project, 'bin/Debug/net10.0/OfflineConversions.Server.dll'), '--contentRoot', project, '--urls', 'http://127.0.0.1:0', '--Cors:Origins:0', 'https://shop.example'];
  const process_ = spawn('dotnet', args, { cwd: folder, env: { ...process.env, ASPNETCORE_ENVIRONMENT: 'Development' } });
  let output = '';
  const address = await new Promise((found, failed) => {
    const read = text => {
      output += text;
      const line = /Now listening on: (\S+)/.exec(output);
      if (line && output.includes('Application started')) found(line[1]);
    };
    process_.stdout.on('data', read);
    process_.stderr.on('data', read);
    process_.on('exit', () => failed(new Error(`The service did not start:\n${output}`)));
  });
  const stop = async () => {
    process_.removeAllListeners('exit');
    const ended = exit(process_);
    process_.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true });
  };
  return { address, stop };
}

function exit(child) {
  return new Promise((ended, failed) => child.on('exit', code => code === 0 ? ended() : failed(new Error(`ended with ${code}`))));
}

/** The event of this id, or undefined after ten seconds. */
async function arrived(address, id) {
  for (const until = Date.now() + 10_000; Date.now() < until; await new Promise(next => setTimeout(next, 100))) {
    const { events } = await (await fetch(`${address}/sandbox/events`)).json();
    const found = events.find(one => JSON.stringify(one.event).includes(`"${id}"`));
    if (found) return found;
  }
}

async function tryOut(script, address) {
  const id = `${script}-${Date.now()}`;
  try {
    await exit(spawn(process.execPath, [join(here, `${script}.mjs`)], { stdio: 'inherit', env: { ...process.env, SERVICE: address, ID: id } }));
  } catch (reason) {
    return `the SDK ${reason.message}`;
  }
  const found = await arrived(address, id);
  if (!found) return 'the purchase did not arrive';
  const { event_name: name, user_data: person, custom_data: sale } = found.event;
  if (name !== 'Purchase' || sale.value !== 39.95 || sale.currency !== 'USD') return `arrived as ${JSON.stringify(found.event)}`;
  return person.em?.[0] === hashedEmail ? undefined : 'the e-mail address is not its hash';
}

const running = process.argv[2] ? { address: process.argv[2].replace(/\/$/, ''), stop: async () => {} } : await start();
let failures = 0;
try {
  const received = async () => (await (await fetch(`${running.address}/sandbox/events?limit=0`)).json()).received;
  const before = await received();
  for (const script of scripts) {
    const problem = await tryOut(script, running.address);
    failures += problem ? 1 : 0;
    console.log(`${problem ? 'FAILED' : 'ok    '}  ${script}${problem ? `: ${problem}` : ''}`);
  }
  const events = await received() - before;
  if (failures === 0 && events !== scripts.length) {
    failures++;
    console.log(`FAILED  ${scripts.length} purchases became ${events} events`);
  }
} finally {
  await running.stop();
}
console.log(`${scripts.length} clients, ${failures} failed`);
process.exit(failures === 0 ? 0 : 1);
