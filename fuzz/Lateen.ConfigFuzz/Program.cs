// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.ConfigFuzz;
using Lateen.Fuzz;

// Usage: Lateen.ConfigFuzz [SECONDS [SEED]]; ./dev fuzz builds and calls it. Exit code 1: an input broke something.
var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 30;
var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
return FuzzRun.All(ConfigFuzzTargets.All, TimeSpan.FromSeconds(seconds), seed);
