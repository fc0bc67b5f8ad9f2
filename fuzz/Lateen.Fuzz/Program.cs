// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Fuzz;

// Usage: Lateen.Fuzz [SECONDS [SEED]]; ./dev fuzz builds and calls it. Exit code 1: an input broke something.
var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 30;
var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
var status = 0;
foreach (var target in FuzzTargets.All)
{
    var run = new FuzzRun(target, seed);
    var failure = run.Run(TimeSpan.FromSeconds(seconds / (double)FuzzTargets.All.Count));
    if (failure is not null)
        status = 1;
    Console.WriteLine($"{target.Name}: {run.Inputs} inputs, {failure ?? "nothing broke"}");
}
return status;
