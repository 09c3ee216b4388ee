// A table that is shown whole is sorted by a click on a header, or by Enter on it.
'use strict';

for (const table of document.querySelectorAll('table.sortable')) {
  for (const header of table.querySelectorAll('thead .n')) {
    header.dataset.sortMethod = 'number';
  }

  // A time is shown in words, and none as a dash, which comes before all of them.
  for (const cell of table.querySelectorAll('td')) {
    const order = cell.textContent.trim() === '–' ? ' ' : cell.querySelector(':scope > time')?.dateTime;
    if (order) {
      cell.dataset.sort = order;
    }
  }

  new Tablesort(table);
}
