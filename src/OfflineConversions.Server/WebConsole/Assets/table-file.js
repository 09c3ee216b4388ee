// Looks at the first rows of a file, and renames its columns. All of it in the browser.
'use strict';

const separators = [',', ';', '\t', '|'];
const lookedAt = 64 * 1024;

// What the beginning of a file shows: {kind: 'table' | 'json' | 'packed', encoding, separator, rows, isPacked}.
async function lookAtFile(file, format) {
  const first = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  const isGzip = first[0] === 0x1f && first[1] === 0x8b;
  if (first[0] === 0x28 && first[1] === 0xb5 && first[2] === 0x2f && first[3] === 0xfd) {
    return { kind: 'packed' };
  }

  const bytes = isGzip ? await firstBytes(file) : new Uint8Array(await file.slice(0, lookedAt).arrayBuffer());
  const isWhole = !isGzip && file.size <= lookedAt;
  const { encoding, mark } = encodingOf(bytes, isWhole, format.encoding);
  const text = new TextOfBytes(bytes, encoding, mark);
  if ('{['.includes(text.of(0, text.units.length).trimStart()[0] ?? ' ')) {
    return { kind: 'json', encoding, isPacked: isGzip };
  }

  const { separator, start } = separatorOf(text, format.separator);
  const rows = rowsOf(text, separator.charCodeAt(0), start, isWhole);
  return { kind: 'table', encoding, separator, rows, isPacked: isGzip };
}

// The same file with other names in its header, without reading it. A name that is null stays as it is.
function renameColumns(file, look, names) {
  const parts = [];
  let from = 0;
  look.rows?.[0]?.forEach((cell, index) => {
    if ((names[index] ?? null) !== null) {
      parts.push(file.slice(from, cell.from), encodeName(names[index], look));
      from = cell.to;
    }
  });
  return parts.length === 0 ? file : new Blob([...parts, file.slice(from)]);
}

function encodeName(name, look) {
  const isPlain = !name.includes(look.separator) && !name.includes('"');
  const text = isPlain ? name : `"${name.replaceAll('"', '""')}"`;
  if (!look.encoding.startsWith('utf-16')) {
    return new TextEncoder().encode(text);
  }

  const bytes = new DataView(new ArrayBuffer(text.length * 2));
  for (let index = 0; index < text.length; index++) {
    bytes.setUint16(index * 2, text.charCodeAt(index), look.encoding === 'utf-16le');
  }

  return bytes.buffer;
}

async function firstBytes(file) {
  const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const chunks = [];
  let size = 0;
  for (let part = await reader.read(); !part.done && size < lookedAt; part = await reader.read()) {
    chunks.push(part.value);
    size += part.value.length;
  }

  await reader.cancel();
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function encodingOf(bytes, isWhole, setting) {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return { encoding: 'utf-8', mark: 3 };
  }

  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return { encoding: 'utf-16le', mark: 2 };
  }

  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    return { encoding: 'utf-16be', mark: 2 };
  }

  if (setting) {
    return { encoding: setting.toLowerCase(), mark: 0 };
  }

  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole });
    return { encoding: 'utf-8', mark: 0 };
  } catch {
    return { encoding: 'windows-1252', mark: 0 };
  }
}

// Bytes as units that hold one ASCII character each, so that cells have places in the file.
class TextOfBytes {
  constructor(bytes, encoding, mark) {
    this.bytes = bytes;
    this.mark = mark;
    this.size = encoding.startsWith('utf-16') ? 2 : 1;
    this.decoder = new TextDecoder(encoding);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const count = Math.floor((bytes.length - mark) / this.size);
    this.units =
      this.size === 1
        ? bytes.subarray(mark)
        : Array.from({ length: count }, (_, at) => view.getUint16(mark + at * 2, encoding === 'utf-16le'));
  }

  place(unit) {
    return this.mark + unit * this.size;
  }

  of(from, to) {
    return this.decoder.decode(this.bytes.subarray(this.place(from), this.place(to)));
  }
}

// As the service finds it: what the first lines have most often, outside quotes.
function separatorOf(text, setting) {
  const declared = /^"?sep=(.)"?\r?\n/i.exec(text.of(0, Math.min(12, text.units.length)));
  if (declared) {
    return { separator: declared[1], start: declared[0].length };
  }

  if (setting) {
    return { separator: setting, start: 0 };
  }

  const counts = separators.map((separator) => {
    const lines = rowsOf(text, separator.charCodeAt(0), 0, true, 10).map((row) => row.length - 1);
    return { separator, header: lines[0] ?? 0, same: lines.filter((count) => count === lines[0]).length };
  });
  const best = counts.reduce((one, other) => {
    const [left, right] = [one, other].map((count) => (count.header > 0 ? count.same * 10000 + count.header : 0));
    return right > left ? other : one;
  });
  return { separator: best.separator, start: 0 };
}

// The first rows as lists of {from, to, text}; places are bytes of the file. A row that is cut off is left out.
function rowsOf(text, separator, start, isWhole, most = 5) {
  const [quote, newline, carriage] = [34, 10, 13];
  const { units } = text;
  const rows = [];
  let row = [];
  let from = start;
  let isQuoted = false;
  for (let at = start; at <= units.length && rows.length < most; at++) {
    const unit = units[at];
    if (unit === quote) {
      isQuoted = !isQuoted;
    }

    const isEnd = at === units.length || (!isQuoted && (unit === newline || unit === carriage));
    if (!isEnd && (isQuoted || unit !== separator)) {
      continue;
    }

    if (at < units.length || isWhole) {
      row.push({ from: text.place(from), to: text.place(at), text: plain(text.of(from, at)) });
    }

    from = at + 1;
    if (isEnd) {
      if (row.some((cell) => cell.text !== '') && (at < units.length || isWhole)) {
        rows.push(row);
      }

      row = [];
    }
  }

  return rows;
}

function plain(cell) {
  const text = cell.trim();
  return text.startsWith('"') && text.endsWith('"') && text.length > 1
    ? text.slice(1, -1).replaceAll('""', '"').trim()
    : text;
}
