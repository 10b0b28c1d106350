# Starting, watching and ending processes by their id. Sourced.

# start_daemon PIDFILE LOG COMMAND…: in a session of its own, so that a Ctrl-C reaches the script's trap first.
start_daemon() {
  local pidfile=$1 log=$2
  shift 2
  setsid "$@" >>"$log" 2>&1 </dev/null &
  echo $! >"$pidfile"
}

daemon_runs() {
  local pid state
  [[ -s $1 ]] && pid=$(<"$1") && [[ -r /proc/$pid/stat ]] || return 1
  # A zombie still has its entry: in a container nobody may be there to reap it.
  state=$(sed 's/.*) //; s/ .*//' "/proc/$pid/stat" 2>/dev/null) && [[ $state != Z && -n $state ]]
}

# stop_daemon PIDFILE: SIGTERM, and SIGKILL after 15 seconds.
stop_daemon() {
  local tick
  if daemon_runs "$1"; then
    kill "$(<"$1")" 2>/dev/null || true
    for ((tick = 0; tick < 150; tick++)); do
      daemon_runs "$1" || break
      sleep 0.1
    done
    if daemon_runs "$1"; then kill -KILL "$(<"$1")" 2>/dev/null || true; fi
  fi
  rm -f "$1"
}

# wait_until SECONDS WHAT COMMAND…
wait_until() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS >= deadline)); then
      echo "gave up waiting for $what" >&2
      return 1
    fi
    sleep 0.1
  done
}

# need_free_port PORT VARIABLE: fails, and says which variable sets another.
need_free_port() {
  if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
    echo "port $1 on 127.0.0.1 is taken; choose another with $2=…" >&2
    return 1
  fi
}
