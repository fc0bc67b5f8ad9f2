// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Fuzz;
using Lateen.Fuzz.Targets;

// Usage: Lateen.Fuzz [SECONDS [SEED]]; ./dev fuzz builds and calls it. Exit code 1: an input broke something.
var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 30;
var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
IFuzzTarget[] targets =
[
    new Http1RequestTarget(),
    new Http1ResponseTarget(),
    new HpackTarget(),
    new Http2ServerTarget(),
    new Http2ClientTarget(),
];
var status = 0;
foreach (var target in targets)
{
    var run = new FuzzRun(target, seed);
    var failure = run.Run(TimeSpan.FromSeconds(seconds / (double)targets.Length));
    if (failure is not null)
        status = 1;
    Console.WriteLine($"{target.Name}: {run.Inputs} inputs, {failure ?? "nothing broke"}");
}
return status;
