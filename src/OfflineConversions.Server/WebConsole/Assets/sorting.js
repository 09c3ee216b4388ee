// A table that is shown whole is sorted by a click on a header, or by Enter on it.
'use strict';

for (const table of document.querySelectorAll('table.sortable')) {
  for (const header of table.querySelectorAll('thead .n')) {
    header.dataset.sortMethod = 'number';
  }

  for (const time of table.querySelectorAll('td > time')) {
    time.parentElement.dataset.sort = time.dateTime;
  }

  new Tablesort(table);
}
