// Progressive enhancement only: every page works without it.
'use strict';

// Times in the reader's zone; the title keeps UTC. Days are days of UTC.
const localTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
function showLocalTimes(root) {
  for (const time of root.querySelectorAll('time[datetime*=T]')) {
    time.textContent = localTime.format(new Date(time.dateTime));
  }
}
showLocalTimes(document);

// The live tail: the newest outcomes on top, at most 200 of them.
const tail = document.getElementById('tail');
if (tail) {
  const button = tail.querySelector('button');
  const status = tail.querySelector('[role=status]');
  const rows = tail.querySelector('tbody');
  const table = tail.querySelector('.table');
  let stream = null;
  tail.hidden = false;
  button.addEventListener('click', () => (stream ? stop('Stopped.') : start()));

  function start() {
    stream = new EventSource(tail.dataset.address);
    button.textContent = 'Stop watching';
    status.textContent = 'Watching. New events appear as they arrive.';
    table.hidden = false;
    stream.addEventListener('outcome', (message) => add(JSON.parse(message.data)));
    stream.addEventListener('error', () => {
      if (stream && stream.readyState === EventSource.CLOSED) {
        stop('The connection ended. Reload the page if you were signed out.');
      } else {
        status.textContent = 'Reconnecting…';
      }
    });
    stream.addEventListener('open', () => {
      status.textContent = 'Watching. New events appear as they arrive.';
    });
  }

  function stop(text) {
    stream.close();
    stream = null;
    button.textContent = 'Watch live';
    status.textContent = text;
  }

  function add(item) {
    const row = document.createElement('tr');
    const at = document.createElement('time');
    at.dateTime = item.at;
    at.title = item.at;
    at.textContent = localTime.format(new Date(item.at));
    row.append(cell(at), cell(item.connection), cell(item.eventName ?? '–'), cell(item.outcome));
    row.append(cell([item.reason, ...item.warnings].filter(Boolean).join(', ') || '–'));
    rows.prepend(row);
    while (rows.children.length > 200) {
      rows.lastElementChild.remove();
    }
  }

  function cell(content) {
    const cell = document.createElement('td');
    cell.append(content);
    return cell;
  }
}

// A change of many events shows how many of them are done.
const change = document.querySelector('form[data-progress]');
if (change) {
  const total = Number(change.dataset.progress);
  const progress = change.querySelector('.progress');
  change.addEventListener('submit', async (event) => {
    event.preventDefault();
    const body = new FormData(change);
    change.querySelector('button').disabled = true;
    const address = new URL(location.href);
    address.searchParams.set('until', body.get('until'));
    const timer = setInterval(() => document.hidden || look(address).catch(() => {}), 1000);
    const response = await fetch(location.href, { method: 'POST', body }).catch(() => null);
    clearInterval(timer);
    if (response?.redirected) {
      location.assign(response.url);
    } else if (response) {
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      document.querySelector('main').replaceWith(document.importNode(page.querySelector('main'), true));
    } else {
      progress.hidden = false;
      progress.querySelector('p').textContent = 'The connection broke. What has begun is finished all the same.';
    }
  });

  async function look(address) {
    const page = new DOMParser().parseFromString(await (await fetch(address)).text(), 'text/html');
    const left = Number(page.querySelector('[data-left]')?.dataset.left ?? total);
    progress.hidden = false;
    progress.querySelector('progress').value = total - left;
    progress.querySelector('p').textContent = `${(total - left).toLocaleString()} of ${total.toLocaleString()} events.`;
  }
}
