// Looks at the first rows of a file, and renames its columns. All of it in the browser.
'use strict';

const separators = [',', ';', '\t', '|'];
const lookedAt = 64 * 1024;
const mostTitleRows = 20;

// What the beginning of a file shows: a kind ('table', 'json' or 'packed'), the
// encoding, and of a table the separator, the header and rows below it, and how many rows are a title above it.
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

  const { separator, rows, header } = startOf(text, format, isWhole);
  return { kind: 'table', encoding, separator, rows: rows.slice(header, header + 5), title: header, isPacked: isGzip };
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

// As the service finds it: a separator and a header in which the most cells are columns that mean something.
function startOf(text, format, isWhole) {
  const declared = /^"?sep=([\t!#-/:-@[-`{-~])"?(\r\n|\r|\n)/i.exec(text.of(0, Math.min(12, text.units.length)));
  const start = declared?.[0].length ?? 0;
  const given = declared?.[1] ?? format.separator;
  const found = (given ? [given] : separators).map((separator) => {
    const rows = rowsOf(text, separator, start, isWhole, mostTitleRows + 5);
    return { separator, rows, ...headerOf(rows, format.isColumn) };
  });
  const most = Math.max(...found.map(({ known }) => known));
  const best = found.filter(({ known }) => known === most);
  return best.length === 1 ? best[0] : found.find(({ separator }) => separator === separatorOf(text, start));
}

// The header's place among the rows, and how many of its cells mean something.
function headerOf(rows, isColumn) {
  let header = { header: 0, known: -1 };
  let widest = 0;
  const looked = rows.filter((row) => row.number <= mostTitleRows);
  looked.forEach((row, index) => {
    const filled = row.filter((cell) => cell.text !== '');
    const known = filled.filter((cell) => isColumn(cell.text)).length;
    if (known > header.known && (index === 0 || known > 1 || filled.length === 1 || filled.length > widest)) {
      header = { header: index, known };
    }

    widest = Math.max(widest, filled.length);
  });
  return header;
}

// What the first lines have most often, outside quotes.
function separatorOf(text, start) {
  const counts = separators.map((separator) => {
    const lines = rowsOf(text, separator, start, true, 10).map((row) => row.length - 1);
    return { separator, header: lines[0] ?? 0, same: lines.filter((count) => count === lines[0]).length };
  });
  const best = counts.reduce((one, other) => {
    const [left, right] = [one, other].map((count) => (count.header > 0 ? count.same * 10000 + count.header : 0));
    return right > left ? other : one;
  });
  return best.separator;
}

// A test of headers: one that the service knows, without case, blanks, punctuation and a remark at its end.
function columnTest(known) {
  const headers = new Set(known);
  const remark = /^(.*?[\p{L}\p{M}\p{Nd}_.])\s*(?:\([^()]*\)|\[[^[\]]*\]|[\s_](?:in\s+)?(?:[€$£]|[A-Z]{3}))\s*$/u;
  const plain = (header) =>
    header.normalize('NFD').replaceAll('ß', 'ss').replace(/[ºª]/g, '').replace(/[^\p{L}\p{Nd}]/gu, '').toLowerCase();
  return (header) =>
    header.length <= 100 &&
    (/^custom_data\../i.test(header) ||
      headers.has(plain(header)) ||
      headers.has(plain(remark.exec(header)?.[1] ?? '')));
}

// The first rows as lists of {from, to, text}; places are bytes of the file. A row that is cut off is left out.
function rowsOf(text, separator, start, isWhole, most) {
  const [quote, newline, carriage, blank] = [34, 10, 13, 32];
  const { units } = text;
  const between = separator.charCodeAt(0);
  const rows = [];
  let row = [];
  let from = start;
  let number = 1;
  let isQuoted = false;
  let mayOpen = true;
  for (let at = start; at <= units.length && rows.length < most; at++) {
    const unit = units[at];
    const isMark = unit === quote && (isQuoted || mayOpen);
    isQuoted = isMark ? !isQuoted : isQuoted;

    // A mark opens a cell at its beginning, or goes on right after one that closed it.
    mayOpen = isMark || unit === between || (unit === blank && mayOpen && units[at - 1] !== quote);
    const isEnd = at === units.length || (!isQuoted && (unit === newline || unit === carriage));
    if (!isEnd && (isQuoted || unit !== between)) {
      continue;
    }

    if (at < units.length || isWhole) {
      row.push({ from: text.place(from), to: text.place(at), text: plain(text.of(from, at)) });
    }

    from = at + 1;
    if (isEnd) {
      if (row.some((cell) => cell.text !== '') && (at < units.length || isWhole)) {
        rows.push(Object.assign(row, { number }));
      }

      // The two characters of a line break end one row.
      number += unit === newline && units[at - 1] === carriage ? 0 : 1;
      mayOpen = true;
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
