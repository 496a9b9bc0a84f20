#!/usr/bin/env bash
# What the tests need beside Python: a browser and PostgreSQL. On Debian as root it installs what is
# missing; elsewhere it says what to install. With CI=true, whatever is missing is a failure.
set -u
missing=()
command -v chromium-headless-shell >/dev/null || command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null \
  || command -v chromium-browser >/dev/null || missing+=(chromium-headless-shell)
if ! (exec 3<>/dev/tcp/127.0.0.1/5432) 2>/dev/null && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 \
  && ! command -v initdb >/dev/null; then
  missing+=(postgresql)
fi
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null && exit 0
  # Where there is no shell of Chromium alone, all of it does; the tests take a third longer.
  apt-get install -y -qq --no-install-recommends "${missing[@]/chromium-headless-shell/chromium}" >/dev/null && exit 0
fi
echo "not installed: ${missing[*]}; the tests that need them will be named as not run"
[ "${CI:-}" != true ]
