# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of a program share their variables
# Module parameters that a playbook names.

# Module parameters that the playbook names, as /sys shows them; `!` and a word where there is no value.
probe_asked_parameters() {
  if [ -z "$module_parameters" ]; then return; fi
  begin module-parameters
  split_lines "$module_parameters"
  for asked in $lines; do
    file=/sys/module/${asked%%.*}/parameters/${asked#*.}
    if [ -n "$image" ]; then
      say "$asked!no-module"
    elif read_line "$file"; then
      say "$asked=$line"
    elif [ -e "$root$file" ]; then
      say "$asked!unreadable"
    elif [ -d "$root/sys/module/${asked%%.*}" ]; then
      say "$asked!no-parameter"
    elif [ -d "$root/sys/module" ]; then
      say "$asked!no-module"
    else
      say "$asked!unreadable"
    fi
  done
  finish
}
