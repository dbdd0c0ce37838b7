// Driver of bpmn-engine: the same commands as bench/wire.py, answered by node.
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

import { Engine } from 'bpmn-engine';
import pg from 'pg';

const require = createRequire(import.meta.url);
const ANSWER = {
  route: 'write_off', amount: '742.10', urgent: true,
  note: 'The acceptance report shows that the claim reached the payer within the limit.',
};
const VARIABLES = { claim: { number: 'C-2026-000117', amount: '742.10', payer: 'Northern Mutual' } };
const SOURCE = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="file" targetNamespace="urn:bench">
<process id="three" isExecutable="true"><startEvent id="start"/>
<userTask id="t0"/><userTask id="t1"/><userTask id="t2"/><endEvent id="end"/>
<sequenceFlow id="f0" sourceRef="start" targetRef="t0"/><sequenceFlow id="f1" sourceRef="t0" targetRef="t1"/>
<sequenceFlow id="f2" sourceRef="t1" targetRef="t2"/><sequenceFlow id="f3" sourceRef="t2" targetRef="end"/>
</process></definitions>`;

const now = () => Number(process.hrtime.bigint()) / 1e9;
const cpu = () => { const used = process.cpuUsage(); return (used.user + used.system) / 1e6; };

function listening() {
  const listener = new EventEmitter();
  const waiting = [];
  listener.on('activity.wait', (api) => waiting.push(api));
  return { listener, waiting };
}

async function started() {
  const { listener, waiting } = listening();
  const engine = Engine({ name: 'bench', source: SOURCE });
  await engine.execute({ listener, variables: structuredClone(VARIABLES) });
  return { engine, waiting };
}

function complete(instance) {
  instance.waiting.shift().signal(ANSWER);
  return instance.waiting.length > 0;
}

// Nothing is kept: an instance lives in this process.
class Memory {
  constructor() { this.open = []; }
  async load(work) { for (const count of work) for (let i = 0; i < count; i += 1) this.open.push(await started()); }
  async start() { const begin = now(); await started(); return (now() - begin) * 1000; }
  async complete() {
    const instance = this.open.shift();
    if (!instance) return null;
    const begin = now();
    const more = complete(instance);
    const took = (now() - begin) * 1000;
    if (more) this.open.push(instance);
    return took;
  }
}

// One row for each instance, its whole state as JSON text, locked, read and written in one transaction.
class Row {
  constructor(client) { this.client = client; this.open = []; }

  async load(work) {
    for (const count of work) for (let i = 0; i < count; i += 1) this.open.push((await this.begun()).id);
  }

  async begun() {
    const { engine } = await started();
    const state = JSON.stringify(await engine.getState());
    const found = await this.client.query('insert into bpmn_engine_instance (state) values ($1) returning id', [state]);
    await engine.stop();
    return { id: found.rows[0].id };
  }

  async start() { const begin = now(); await this.begun(); return (now() - begin) * 1000; }

  async complete() {
    const id = this.open.shift();
    if (!id) return null;
    const begin = now();
    await this.client.query('begin');
    const found = await this.client.query('select state from bpmn_engine_instance where id = $1 for update', [id]);
    const engine = Engine({ name: 'bench' }).recover(JSON.parse(found.rows[0].state));
    const { listener, waiting } = listening();
    await engine.resume({ listener });
    const more = complete({ waiting });
    const state = JSON.stringify(await engine.getState());
    await this.client.query('update bpmn_engine_instance set state = $2 where id = $1', [id, state]);
    await this.client.query('commit');
    const took = (now() - begin) * 1000;
    if (more) { await engine.stop(); this.open.push(id); }
    return took;
  }
}

const subjects = {};
const tools = {};

async function open(given) {
  const { host, user, password, dbname } = given.database;
  const client = new pg.Client({ host, user, password, database: dbname });
  await client.connect();
  await client.query('select pg_advisory_lock(4713)');
  await client.query(`create table if not exists bpmn_engine_instance
    (id bigint generated always as identity primary key, state text not null)`);
  await client.query('select pg_advisory_unlock(4713)');
  const memory = new Memory();
  const row = new Row(client);
  const of = (owner, name) => ({ load: (work) => owner.load(work), step: () => owner[name]() });
  Object.assign(subjects, {
    'memory.start': of(memory, 'start'), 'memory.complete': of(memory, 'complete'),
    start: of(row, 'start'), complete: of(row, 'complete'),
  });
  const versions = { node: process.versions.node, 'bpmn-engine': require('./node_modules/bpmn-engine/package.json').version };
  return { ok: true, facts: versions, subjects: Object.keys(subjects) };
}

async function attempt(subject, found) {
  try {
    const took = await subject.step();
    found.ran_dry = took === null;
    return took;
  } catch (error) {
    const name = `${error.name}: ${error.message}`.slice(0, 300);
    if (!(name in found.errors)) console.error(error);
    found.errors[name] = (found.errors[name] || 0) + 1;
    return undefined;
  }
}

const empty = () => ({ ok: true, ends: [], times: [], errors: {}, ran_dry: false, warmed: 0, cpu: 0 });

async function window({ subject, begin, end }) {
  const found = empty();
  let busy;
  for (;;) {
    const took = await attempt(subjects[subject], found);
    const at = now();
    if (found.ran_dry) break;
    if (busy === undefined && at >= begin) busy = cpu();
    if (at >= end) break;
    if (took === undefined) continue;
    if (at - took / 1000 < begin) found.warmed += 1;
    else { found.ends.push(at - begin); found.times.push(took); }
  }
  found.cpu = busy === undefined ? 0 : cpu() - busy;
  return { ...found, rss: process.memoryUsage.rss() / 1e6 };
}

async function steps({ subject, count }) {
  const found = empty();
  const begin = now();
  const busy = cpu();
  for (let i = 0; i < count; i += 1) {
    const took = await attempt(subjects[subject], found);
    if (found.ran_dry) break;
    if (took !== undefined) { found.ends.push(now() - begin); found.times.push(took); }
  }
  return { ...found, cpu: cpu() - busy, rss: process.memoryUsage.rss() / 1e6 };
}

async function answer(command) {
  switch (command.do) {
    case 'open': return open(command);
    case 'load': await subjects[command.subject].load(command.work); return { ok: true };
    case 'window': return window(command);
    case 'steps': return steps(command);
    case 'call': return { ok: true, found: await tools[command.name](command.given) };
    default: throw new Error(`There is no command ${command.do}.`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  let said;
  try {
    said = await answer(JSON.parse(line));
  } catch (error) {
    console.error(error);
    said = { ok: false, error: `${error.name}: ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
process.exit(0);
