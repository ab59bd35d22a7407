#!/bin/sh
# Everything `make` needs, made on the spot: a virtual environment with the pinned packages, and a browser.
#
#   tools/bootstrap.sh demo      what the demonstration needs
#   tools/bootstrap.sh dev       what tests, checks and the bench need (contains demo)
#   tools/bootstrap.sh browser   Chromium, for the tests in a browser
#
# Only PyPI and Debian's packages are used. A second run that finds nothing to do ends at once.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd -P)
venv=$root/.venv
log=$venv/install.log
want=${1:-dev}

# The environment of whoever calls must not lead pip or Python elsewhere.
unset PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX 2>/dev/null || true
export PIP_USER=0 PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

say() { # Russian, English
    printf '\n\033[1m▸ %s\033[0m\n  %s\n' "$1" "$2" | plain
}

plain() { # colours only for a person at a terminal
    if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi
}

fail() { # Russian, English, then lines to show as they are
    printf '\n✗ %s\n  %s\n' "$1" "$2" >&2
    shift 2
    for line in "$@"; do printf '\n    %s\n' "$line" >&2; done
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

debian_package() { # what for (Russian, English), then names of packages
    why_ru=$1 why_en=$2
    shift 2
    by_hand="sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
    command -v apt-get >/dev/null 2>&1 ||
        fail "Не хватает $* ($why_ru), а apt-get здесь нет. Поставьте средствами своей системы и повторите команду." \
            "$* is missing ($why_en), and there is no apt-get here. Install it by your system's own means and run the command again."
    as_root true 2>/dev/null ||
        fail "Не хватает пакета Debian $* ($why_ru). Поставить его может администратор: выполните строку ниже и повторите команду." \
            "The Debian package $* is missing ($why_en). Installing it needs an administrator: run the line below, then the command again." \
            "$by_hand"
    say "Ставим пакет Debian: $* — $why_ru" "Installing the Debian package: $* — $why_en"
    output=$(mktemp)
    # The lists of packages may be missing or old: only then are they fetched.
    if ! apt_install "$@" >"$output" 2>&1; then
        as_root apt-get -qq -o DPkg::Lock::Timeout=300 update >>"$output" 2>&1 || true
        apt_install "$@" >>"$output" 2>&1 || {
            tail -n 20 "$output" >&2
            rm -f "$output"
            fail "apt-get не справился; его слова выше. Можно попробовать руками." \
                "apt-get failed; its words are above. You can try it by hand." "$by_hand"
        }
    fi
    rm -f "$output"
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@" </dev/null
}

browser() {
    missing=
    if ! { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null 2>&1; then
        missing=chromium
    fi
    # Playwright's driver is linked against it, and a bare Debian lacks it.
    if ! PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep -q 'libatomic\.so\.1'; then
        missing="$missing libatomic1"
    fi
    # shellcheck disable=SC2086 # the names are meant to be split
    [ -z "$missing" ] || debian_package "браузер для проверок, до 300 МБ" "the browser for the tests, up to 300 MB" $missing
}

find_python() { # prints the first Python that will do; 3.11 first: the lock files were made for it
    for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3 python3.12 python3.13 python3.14; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

make_venv() {
    python=$(find_python) ||
        fail "Нужен Python 3.11 или новее, а его не видно." "Python 3.11 or newer is needed, and none was found." \
            "sudo apt-get install -y python3 python3-venv"
    version=$("$python" -c 'import sys; print("{}.{}".format(*sys.version_info))')
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        debian_package "без него Python не может сделать виртуальное окружение" \
            "Python cannot make a virtual environment without it" "python$version-venv"
    fi
    rm -rf "$venv"
    "$python" -m venv "$venv"
    printf '%s\n' "$root" >"$venv/.root"
}

pip_install() {
    if ! "$venv/bin/python" -m pip install --quiet "$@" >>"$log" 2>&1 </dev/null; then
        tail -n 25 "$log" >&2
        fail "Пакеты не поставились; слова pip — выше, всё целиком — в .venv/install.log. Обычно это связь: повторите команду." \
            "The packages could not be installed; pip's words are above, the whole of it in .venv/install.log. Mostly it is the network: run the command again."
    fi
}

fingerprint() { # of everything that decides what stands in the environment
    { cat "$root/pyproject.toml" "$lock" "$root/tools/bootstrap.sh" && printf '%s\n' "$root"; } | sha256sum | cut -d' ' -f1
}

environment() {
    lock=$root/requirements/$want.txt
    stamp=$venv/.installed-$want
    now=$(fingerprint)
    if [ -x "$venv/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$now" ]; then return 0; fi

    # An environment does not outlive the removal of its Python, nor a move of its folder.
    if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1 || [ "$(cat "$venv/.root" 2>/dev/null || echo "$root")" != "$root" ]; then
        make_venv
    fi
    count=$(grep -c '==' "$lock")
    say "Ставим с PyPI пакеты в папку .venv — закреплённых версий: $count. Обычно это меньше минуты, один раз." \
        "Installing $count pinned packages from PyPI into .venv. Usually less than a minute, once."
    rm -f "$venv"/.installed-*
    : >"$log"
    pip_install --require-hashes -r "$lock"
    pip_install --no-deps --no-build-isolation -e "$root"
    printf '%s\n' "$now" >"$stamp"
    if [ "$want" = dev ]; then # the same versions and more: the demonstration is served as well
        lock=$root/requirements/demo.txt
        fingerprint >"$venv/.installed-demo"
    fi
    printf '  ✓ готово · done\n'
}

# Two commands started side by side in a fresh clone must not build the same environment together.
if command -v flock >/dev/null 2>&1; then
    exec 9<"$root/tools/bootstrap.sh"
    flock 9
fi

case $want in
    browser) browser ;;
    run | demo | dev) environment ;;
    *) fail "Не знаю такого набора: $want" "No such set: $want" "tools/bootstrap.sh demo | dev | browser" ;;
esac
