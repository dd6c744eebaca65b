# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # the files of a program share their variables
# The probe program: reads everything that one plan can need, changes nothing, wakes nothing, needs no root.
# Functions only; see docs/reference/facts.md for every section it prints, and docs/internals/host-programs.md for the frames.
# What the kernel wrote is read with the shell's own `read`; what a person could have made long goes through `head -c`.

tsync_probe() {
  read_parameters ${1+"$@"}
  watchdog 120
  clock_exchanges
  probe_sections
  done_frame
  # Whoever doubts the first answers, because they came while it was busy, may ask again; mostly the input ends here.
  answer_clock
  unwatch
}

probe_sections() {
  limit_before=$limit
  limit=8
  files_seen=$newline files_count=0 files='' batch=yes
  section uid id -u
  if [ -n "$image" ]; then
    probe_image
    probe_files
    limit=$limit_before batch=''
    print_batched
    return
  fi
  section uname uname -srm
  probe_system
  probe_ptp
  probe_hyperv
  probe_kernel_log
  probe_release_files
  probe_processes
  probe_services
  probe_packages
  probe_chrony
  probe_other_daemons
  probe_dhcp_servers
  probe_device_rules
  probe_clock_jobs
  probe_transactions
  probe_asked_files
  probe_asked_parameters
  probe_files
  limit=$limit_before batch=''
  print_batched
}
