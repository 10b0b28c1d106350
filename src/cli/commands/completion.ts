import type { CommandSpec } from '../command.ts';
import type { CompletionAsked } from '../completion/completion.ts';
import { choice } from '../values.ts';

export const COMPLETION: CommandSpec<CompletionAsked> = {
  name: 'completion',
  summary: 'print a script that completes commands and options in a shell',
  description: 'Prints a script for the shell that completes commands, options, their choices, and files.',
  arguments: [
    { name: 'shell', description: 'the shell that reads it', value: choice(['bash', 'zsh', 'fish']) },
  ],
  options: [],
  examples: [
    { does: 'bash: in ~/.bashrc', line: 'source <(ssec-proxy completion bash)' },
    { does: 'zsh: in ~/.zshrc, after compinit', line: 'source <(ssec-proxy completion zsh)' },
    {
      does: 'fish: once',
      line: 'ssec-proxy completion fish > ~/.config/fish/completions/ssec-proxy.fish',
    },
  ],
  exitCodes: { 0: 'it was printed', 2: 'wrong command line' },
  action: async (specs) => {
    const { completion } = await import('../completion/completion.ts');
    return (asked, io) => completion(asked, io, specs);
  },
};
