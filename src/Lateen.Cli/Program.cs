// SPDX-License-Identifier: Apache-2.0
using Lateen.Cli;

return await CommandTable.RunAsync(args, Console.Out, Console.Error).ConfigureAwait(false);
