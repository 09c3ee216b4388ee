# Writes the pages of the site into the folder given as -v into=FOLDER: README.md, every page of docs, and what they link to, link by link. Its input
# is the list of the repository's files, one path a line. The links of the pages are those of the repository, so that they work there too. On the site
# * a README is the index of its folder, and a folder without one gets an index that lists its files,
# * a file that is not a page is shown on one: Program.cs on Program.cs.md.
# Links in code blocks stay as they are, and so does a link that leads nowhere: the generator reports it.
{
  paths[++files] = $0
  file[$0] = 1
  for (path = $0; sub(/\/[^\/]*$/, "", path); ) {
    folder[path] = 1
  }
}

END {
  add("README.md")
  for (i = 1; i <= files; i++) {
    if (paths[i] ~ /^docs\/.*\.md$/) {
      add(paths[i])
    }
  }
  for (done = 1; done <= pages; done++) {
    write(queue[done])
  }
}

function add(path) {
  if (!(path in queued)) {
    queued[path] = 1
    queue[++pages] = path
  }
}

# The folder of a path with a slash at its end, or nothing for the root.
function folder_of(path) {
  return sub(/[^\/]*$/, "", path) ? path : path
}

# Where a target leads, relative to the root: resolve("docs/guides/", "../../README.md") is "README.md".
function resolve(base, target,   parts, count, kept, i, path) {
  count = split(base target, parts, "/")
  for (i = 1; i <= count; i++) {
    if (parts[i] == "..") {
      kept--
    } else if (parts[i] != "" && parts[i] != ".") {
      parts[++kept] = parts[i]
    }
  }
  for (i = 1; i <= kept; i++) {
    path = path (i > 1 ? "/" : "") parts[i]
  }
  return path
}

# The name of a path's page. A folder that starts with a dot would not be published everywhere.
function page_of(path) {
  if (path in folder) {
    path = path "/index.md"
  } else if (path !~ /\.md$/) {
    path = path ".md"
  }
  sub(/README\.md$/, "index.md", path)
  gsub(/\/\./, "/", path)
  sub(/^\./, "", path)
  return path
}

function up(path,   steps) {
  steps = folder_of(path)
  gsub(/[^\/]+/, "..", steps)
  return steps
}

function rewritten(target, from,   anchor, path) {
  if (target ~ /^#/ || target ~ /^[a-z]+:/ || target ~ /\.(png|svg)$/) {
    return target
  }
  if (match(target, /#.*/)) {
    anchor = substr(target, RSTART)
    target = substr(target, 1, RSTART - 1)
  }
  path = resolve(folder_of(from), target)
  if ((path "/README.md") in file) {
    path = path "/README.md"
  }
  if (!(path in file) && !(path in folder)) {
    return target anchor
  }
  add(path)
  return up(from) page_of(path) anchor
}

function line_with_links(line, from,   out, start, end) {
  while (match(line, /\]\([^) ]+\)/)) {
    start = RSTART + 2
    end = RSTART + RLENGTH - 1
    out = out substr(line, 1, start - 1) rewritten(substr(line, start, end - start), from) ")"
    line = substr(line, end + 1)
  }
  return out line
}

function write(path,   out, line, code, i, name) {
  out = into "/" page_of(path)
  system("mkdir -p '" folder_of(out) "'")
  name = substr(path, length(folder_of(path)) + 1)
  if (path in folder) {
    print "# " path "\n" > out
    for (i = 1; i <= files; i++) {
      if (index(paths[i], path "/") == 1 && paths[i] !~ /\.(png|svg)$/) {
        add(paths[i])
        print "* [" title_of(paths[i], substr(paths[i], length(path) + 2)) "](" up(page_of(path)) page_of(paths[i]) ")" > out
      }
    }
  } else if (path ~ /\.md$/) {
    while ((getline line < path) > 0) {
      if (line ~ /^ *```/) {
        code = !code
      }
      print code ? line : line_with_links(line, path) > out
    }
  } else {
    print "# " name "\n\n`" path "`\n\n`````" language(name) > out
    while ((getline line < path) > 0) {
      print line > out
    }
    print "`````" > out
  }
  close(path)
  close(out)
}

# The heading of a page, the name of any other file.
function title_of(path, name,   line) {
  if (path !~ /\.md$/) {
    return name
  }
  getline line < path
  close(path)
  return substr(line, 3)
}

function language(name) {
  if (name ~ /\.cs$/) {
    return "csharp"
  }
  return match(name, /\.(json|yml)$/) ? substr(name, RSTART + 1) : "text"
}
