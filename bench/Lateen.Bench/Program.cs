// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Bench;

// Usage: Lateen.Bench PROXY-BINARY [http1|http2|memory|startup]... ; ./dev bench builds and calls it.
if (args.Length == 0 || !File.Exists(args[0]))
{
    Console.Error.WriteLine("usage: Lateen.Bench PROXY-BINARY [http1|http2|memory|startup]...");
    return 64;
}
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var names = args.Length > 1 ? args[1..] : ["http1", "http2", "memory", "startup"];
foreach (var name in names)
{
    using var directory = new WorkDirectory();
    switch (name)
    {
        case "http1":
            await new Http1Bench(args[0], directory).RunAsync();
            break;
        case "http2":
            await new Http2Bench(args[0], directory).RunAsync();
            break;
        case "memory":
            await new MemoryBench(args[0], directory).RunAsync();
            break;
        case "startup":
            await new StartupBench(args[0], directory).RunAsync();
            break;
        default:
            Console.Error.WriteLine($"there is no bench \"{name}\"; there are http1, http2, memory and startup");
            return 64;
    }
}
return 0;
