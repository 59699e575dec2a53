/**
 * What a shell has to be told: it asks `shootdown complete` with the words so far, and where nothing is
 * answered a file may stand. So no script knows a command, and none is out of date.
 */

const BASH = `_shootdown() {
  local IFS=$'\\n'
  # "=" ends a word to bash, which then replaces only what follows it.
  local line="\${COMP_LINE:0:COMP_POINT}" typed="\${COMP_WORDS[COMP_CWORD]}" before=""
  local -a words
  IFS=$' \\t' read -r -a words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  local last="\${words[\${#words[@]}-1]}"
  [[ $typed == "=" ]] && typed=""
  [[ $last == *"$typed" ]] && before="\${last%"$typed"}"
  COMPREPLY=($(shootdown complete -- "\${words[@]:1}" 2>/dev/null))
  COMPREPLY=("\${COMPREPLY[@]#"$before"}")
}
complete -o default -F _shootdown shootdown
`;

const ZSH = `#compdef shootdown
_shootdown() {
  local -a found
  found=(\${(f)"$(shootdown complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#found} )); then compadd -a found; else _files; fi
}
if [ "$funcstack[1]" = "_shootdown" ]; then _shootdown "$@"; else compdef _shootdown shootdown; fi
`;

const FISH = `function __shootdown_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l found (shootdown complete -- $words[2..-1] 2>/dev/null)
  if count $found >/dev/null
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c shootdown -f -a '(__shootdown_complete)'
`;

/** By shell: what it is to read. */
export const SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
export const SHELLS = Object.keys(SCRIPTS);
