"""``fivefold completion``: what the shell needs to complete commands, options and file names."""

import click

from fivefold.cli.common import write_text

SHELLS = ("bash", "zsh", "fish")


@click.command(
    epilog="""\b
Examples:
  fivefold completion bash >~/.fivefold-complete.bash
  fivefold completion zsh >~/.zfunc/_fivefold
  fivefold completion fish >~/.config/fish/completions/fivefold.fish

\b
Then, once:
  bash: echo 'source ~/.fivefold-complete.bash' >>~/.bashrc
  zsh:  put  fpath+=~/.zfunc  before  compinit  in ~/.zshrc
Open a new shell afterwards.
"""
)
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Write the completion script of your shell."""
    from click.shell_completion import get_completion_class

    from fivefold.cli.main import cli

    kind = get_completion_class(shell)
    assert kind is not None
    write_text(kind(cli, {}, "fivefold", "_FIVEFOLD_COMPLETE").source() + "\n")
