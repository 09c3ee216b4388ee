// Sends a file: first rows and columns, dry run, progress, and on after an interruption.
'use strict';

const upload = document.getElementById('upload');
const most = 5;
const second = 1000;
const wait = (time) => new Promise((done) => setTimeout(done, time));
const remembered = (id) => `import-columns-${id}`;

// The newest state of an import, as its page shows it.
async function refresh(target, address) {
  const response = await fetch(address, { redirect: 'manual' });
  const page = new DOMParser().parseFromString(response.ok ? await response.text() : '', 'text/html');
  const summary = page.getElementById('summary');
  if (summary) {
    showLocalTimes(summary);
    target.replaceChildren(document.importNode(summary, true));
  }

  return summary?.dataset.state ?? null;
}

// The page of an import that runs follows it.
const shown = document.getElementById('summary');
if (shown && shown.dataset.state === 'running') {
  const frame = document.createElement('div');
  shown.replaceWith(frame);
  frame.append(shown);
  watch(frame, location.pathname, () => location.reload());
}

async function watch(target, address, ended) {
  for (let state = 'running'; state === 'running'; ) {
    await wait(second);
    state = document.hidden ? state : await refresh(target, address).catch(() => 'running');
  }

  ended();
}

if (upload) {
  const [connection, file, id] = ['connection', 'file', 'import'].map((name) => document.getElementById(name));
  const looked = document.getElementById('looked');
  const mapping = new ColumnMapping(document.getElementById('mapping'), document.getElementById('names'));
  const [sending, bar, status, result] = ['sending', 'sent', 'sending-status', 'result'].map((name) =>
    document.getElementById(name),
  );
  const buttons = [...upload.querySelectorAll('button')];
  const token = upload.querySelector('input[name=__RequestVerificationToken]').value;
  const isNew = !upload.dataset.continue;
  let look = null;
  upload.hidden = false;
  file.addEventListener('change', () => choose());
  connection.addEventListener('change', () => choose());
  upload.addEventListener('submit', (event) => {
    event.preventDefault();
    send(false);
  });
  document.getElementById('dry')?.addEventListener('click', () => upload.reportValidity() && send(true));
  sending.addEventListener('submit', (event) => {
    event.preventDefault();
    fetch(event.target.action, { method: 'POST', body: new FormData(event.target) });
  });

  async function choose() {
    const chosen = file.files[0];
    mapping.hide();
    look = null;
    buttons.forEach((button) => (button.disabled = !chosen));
    if (!chosen) {
      looked.textContent = '';
      return;
    }

    if (isNew) {
      id.value = nameFor(chosen.name);
    }

    const { table, separator, encoding } = connection.selectedOptions[0].dataset;
    const isColumn = columnTest(table === undefined ? [] : await fetchHeaders());
    look = await lookAtFile(chosen, { separator, encoding, isColumn }).catch(() => ({ kind: 'packed' }));
    looked.textContent = await describe(look, table !== undefined);
  }

  async function describe(look, takesTables) {
    if (look.kind === 'packed') {
      return 'A file that this page cannot look into. It can be sent as it is.';
    }

    if (look.kind === 'json') {
      return `One JSON object per line, as the source of ${connection.value} posts it.`;
    }

    if (!takesTables) {
      return `This looks like a table, and ${connection.value} takes one JSON object per line only.`;
    }

    if (look.rows.length === 0) {
      return 'The file has no rows.';
    }

    await showColumns();
    const separator = look.separator === '\t' ? 'tabs' : look.separator;
    const title = look.title === 0 ? '' : ` below ${look.title} rows that are not part of it`;
    return `A table with ${look.rows[0].length} columns${title}, separated by ${separator} (${look.encoding}). ${
      look.isPacked ? 'To map its columns here, unpack it first. ' : ''
    }Your browser shows its first rows; only the names of its columns were sent.`;
  }

  const columnsAddress = () => `${upload.dataset.columns}?connection=${encodeURIComponent(connection.value)}`;

  // Every header that the service knows.
  async function fetchHeaders() {
    const response = await fetch(columnsAddress()).catch(() => null);
    return response?.ok ? response.json() : [];
  }

  async function showColumns() {
    const headers = look.rows[0].map((cell) => cell.text);
    const response = await fetch(columnsAddress(), {
      method: 'POST',
      body: JSON.stringify(headers),
      headers: { RequestVerificationToken: token, 'Content-Type': 'application/json' },
    });
    const found = response.ok ? await response.json() : headers.map(() => null);
    mapping.show(look, found, JSON.parse(localStorage.getItem(remembered(id.value)) ?? '{}'));
  }

  async function send(isDryRun) {
    const query = new URLSearchParams({ connection: connection.value, id: id.value, dryRun: isDryRun });
    const body = look?.isPacked === false ? renameColumns(file.files[0], look, mapping.names) : file.files[0];
    const page = `${upload.dataset.imports}/${encodeURIComponent(id.value)}`;
    localStorage.setItem(remembered(id.value), JSON.stringify(mapping.byHeader));
    sending.hidden = false;
    result.replaceChildren();
    begin(true);
    const timer = setInterval(() => document.hidden || refresh(result, page).catch(() => {}), second);
    const ended = await sendUntilDone(`${upload.dataset.upload}?${query}`, body).catch((failure) => failure.message);
    clearInterval(timer);
    begin(false);
    const state = await refresh(result, page).catch(() => null);
    if (ended === '' && !isDryRun) {
      localStorage.removeItem(remembered(id.value));
      location.assign(page);
    } else {
      status.textContent = ended || `The dry run is ${state ?? 'over'}.`;
      status.className = ended ? 'notice bad' : 'muted';
    }
  }

  function begin(isBusy) {
    window.onbeforeunload = isBusy ? (event) => event.preventDefault() : null;
    [...buttons, file, connection].forEach((control) => (control.disabled = isBusy));
    status.className = 'muted';
    bar.value = isBusy ? 0 : 1;
  }

  // '' when the import has ended, else what is wrong. An interruption is no end: the same file goes on.
  async function sendUntilDone(address, body) {
    for (let attempt = 0; ; attempt++) {
      status.textContent = attempt === 0 ? 'Sending.' : 'Sending again. Rows that are on disk are skipped.';
      const request = await sendOnce(address, body);
      const { response } = request;
      if (request.responseURL.includes('/sign-in')) {
        return 'You were signed out. Sign in, and send the same file under the same name again.';
      }

      if (request.status === 200) {
        return '';
      }

      // 409: the service has not noticed the interruption yet.
      const goesOn = [0, 408, 503].includes(request.status) || (request.status === 409 && attempt > 0);
      if (!goesOn || attempt === most) {
        return response?.detail ?? problemOf(response) ?? 'The import was interrupted. Send the same file again.';
      }

      for (let left = 2 ** attempt; left > 0; left--) {
        status.textContent = `Interrupted. It continues in ${left} s.`;
        await wait(second);
      }
    }
  }

  function problemOf(response) {
    const [first] = Object.entries(response?.errors ?? {});
    return first ? `${first[0]} ${first[1][0]}.` : null;
  }

  function sendOnce(address, body) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open('POST', address);
      request.responseType = 'json';
      request.setRequestHeader('RequestVerificationToken', token);
      request.setRequestHeader('Content-Type', typeOf());
      request.upload.onprogress = (event) => (bar.value = event.total > 0 ? event.loaded / event.total : 0);
      request.onloadend = () => done(request);
      request.send(body);
    });
  }

  function typeOf() {
    return { table: 'text/csv', json: 'application/x-ndjson' }[look?.kind] ?? 'application/octet-stream';
  }

  function nameFor(fileName) {
    const plain = fileName.replace(/\.(gz|zst|csv|tsv|txt|ndjson|jsonl|json)(?=\.|$)/gi, '');
    const name = plain.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 40).replace(/^-|-$/g, '');
    const time = new Date().toISOString().slice(0, 16).replace(/[^0-9]/g, '');
    return `${name || 'import'}-${time}`;
  }
}
