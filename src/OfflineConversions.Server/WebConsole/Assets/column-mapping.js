// The table in which a person says what each column of a file becomes.
'use strict';

class ColumnMapping {
  constructor(section, template) {
    this.section = section;
    this.template = template;
    this.keep = section.querySelector('details');
    this.hide();
    section.addEventListener('change', () => this.showKept());
  }

  // Shows the columns: what the service finds in each, or what was chosen before.
  show(look, found, before) {
    this.found = found;
    this.headers = look.rows[0].map((cell) => cell.text);
    this.section.querySelector('tbody').replaceChildren(
      ...this.headers.map((header, index) => {
        const row = document.createElement('tr');
        const name = document.createElement('th');
        name.scope = 'row';
        name.className = 'id';
        name.append(header || '(no name)');
        const first = document.createElement('td');
        first.className = 'wide sample';
        const samples = look.rows.slice(1).map((one) => one[index]?.text);
        first.append(samples.filter(Boolean).join(' · '));
        const choice = document.createElement('td');
        choice.append(this.choiceFor(index, before[header], look.isPacked));
        row.append(name, choice, first);
        return row;
      }),
    );
    this.section.hidden = false;
    this.showKept();
  }

  hide() {
    this.section.hidden = true;
    this.headers = [];
    this.found = [];
  }

  // The chosen names by column; null where the service finds the same by itself.
  get names() {
    const choices = this.section.hidden ? [] : [...this.section.querySelectorAll('select')];
    return choices.map((choice, index) => (choice.value === (this.found[index] ?? '') ? null : choice.value));
  }

  // The same by header, without the nulls.
  get byHeader() {
    const names = this.names.map((name, index) => [this.headers[index], name]);
    return Object.fromEntries(names.filter(([, name]) => name !== null));
  }

  choiceFor(index, before, isLocked) {
    const header = this.headers[index];
    const found = this.found[index];
    const choice = this.template.content.firstElementChild.cloneNode(true);
    choice.setAttribute('aria-label', `What ${header || `column ${index + 1}`} becomes`);
    choice.disabled = isLocked;

    // Names in custom_data are the user's own; a header that needs no quotes can be one.
    const custom = /^[\w .-]{1,60}$/.test(header) ? `custom_data.${header}` : null;
    for (const name of new Set([found, custom])) {
      if (name?.startsWith('custom_data.')) {
        choice.append(new Option(name, name));
      }
    }

    choice.value = before ?? found ?? '';
    return choice;
  }

  showKept() {
    const columns = this.byHeader;
    this.keep.hidden = Object.keys(columns).length === 0;
    this.keep.querySelector('code').textContent = `"File": ${JSON.stringify({ Columns: columns }, null, 2)}`;
  }
}
