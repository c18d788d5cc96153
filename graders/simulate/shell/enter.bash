() {
    # A folder of the repository that is not among the answer's files: it is there for the script.
    if [[ $# -gt 0 && ${!#} != -* ]]; then
        mkdir -p -- "${!#}" 2> /dev/null || :
    fi
    builtin cd "$@"
}
