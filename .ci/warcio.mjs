// Reads WARC files by warcio, a reader that is not ours, and holds each record to what it says of itself.
//
//   NODE_PATH=DIR/node_modules node warcio.mjs FILE.warc.gz…     where the package warcio lies in DIR
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const found = createRequire(import.meta.url).resolve('warcio');
const { WARCParser } = await import(pathToFileURL(found).href);

const ids = new Set(), refers = [], counts = {};
let digests = 0, wrong = 0;
const fault = (file, record, what) => {
  wrong++;
  console.error(`${file}: ${record.warcType} ${record.warcHeader('WARC-Record-ID')}: ${what}`);
};

// base32 as in RFC 4648, without padding.
const base32 = (bytes) => {
  const bits = [...bytes].map((b) => b.toString(2).padStart(8, '0')).join('');
  return bits.match(/.{1,5}/g).map((g) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[parseInt(g.padEnd(5, '0'), 2)]).join('');
};

const check = (file, record, header, bytes) => {
  const said = record.warcHeader(header);
  if (!said) return;
  const [algorithm, value] = said.split(':');
  const sum = createHash(algorithm.replace('-', '')).update(bytes).digest();
  digests++;
  if (value !== base32(sum) && value !== sum.toString('hex')) fault(file, record, `${header} ${said} is not that of the record`);
};

for (const file of process.argv.slice(2)) {
  // Once as blocks, once as HTTP messages whose payload begins behind the headers.
  for await (const record of new WARCParser(createReadStream(file), { parseHttp: false })) {
    const id = record.warcHeader('WARC-Record-ID');
    if (!id || ids.has(id)) fault(file, record, 'no ID of its own');
    ids.add(id);
    counts[record.warcType] = (counts[record.warcType] ?? 0) + 1;
    for (const header of ['WARC-Refers-To', 'WARC-Concurrent-To']) {
      if (record.warcHeader(header)) refers.push([file, record, header]);
    }
    const block = await record.readFully(false);
    if (block.length !== Number(record.warcHeader('Content-Length'))) fault(file, record, `${block.length} bytes, not its Content-Length`);
    check(file, record, 'WARC-Block-Digest', block);
  }
  for await (const record of new WARCParser(createReadStream(file))) {
    const payload = await record.readFully(false);
    if (record.warcType !== 'response') continue;
    check(file, record, 'WARC-Payload-Digest', payload);
    if (!record.httpHeaders?.statusCode) fault(file, record, 'no HTTP status');
  }
}
for (const [file, record, header] of refers) {
  if (!ids.has(record.warcHeader(header))) fault(file, record, `${header} names no record of these files`);
}
console.log(`${ids.size} records (${Object.entries(counts).map(([k, n]) => `${n} ${k}`).join(', ')}), ${digests} digests and ${refers.length} references checked, ${wrong} wrong`);
process.exitCode = wrong || !counts.response ? 1 : 0;
