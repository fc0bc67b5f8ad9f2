// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Bench;
using Lateen.Bench.Config;
using Lateen.Bench.Tcp;
using Lateen.Bench.Tls;

// Usage: Lateen.Bench PROXY-BINARY [NAME]... ; ./dev bench builds and calls it.
(string Name, Func<string, WorkDirectory, Task> Run)[] benches =
[
    ("http1", static (binary, directory) => new Http1Bench(binary, directory).RunAsync()),
    ("http2", static (binary, directory) => new Http2Bench(binary, directory).RunAsync()),
    ("tls", static (binary, directory) => new TlsBench(binary, directory).RunAsync()),
    ("handshakes", static (binary, directory) => new HandshakeBench(binary, directory).RunAsync()),
    ("tls-idle", static (binary, directory) => new TlsIdleBench(binary, directory).RunAsync()),
    ("tcp", static (binary, directory) => new TcpBench(binary, directory).RunAsync()),
    ("memory", static (binary, directory) => new MemoryBench(binary, directory).RunAsync()),
    ("startup", static (binary, directory) => new StartupBench(binary, directory).RunAsync()),
    ("config", static (_, directory) => new ConfigBench(directory).RunAsync()),
];
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is [ConfigLoad.Verb, var kind, var path])
    return await ConfigLoad.RunAsync(kind, path);
var known = string.Join('|', benches.Select(static bench => bench.Name));

// Configuration alone needs no proxy.
if (args.Length == 0 || (!File.Exists(args[0]) && args is not [_, "config"]))
{
    Console.Error.WriteLine($"usage: Lateen.Bench PROXY-BINARY [{known}]...");
    return 64;
}
var chosen = args.Length > 1 ? args[1..] : benches.Select(static bench => bench.Name).ToArray();
if (chosen.Except(benches.Select(static bench => bench.Name)).FirstOrDefault() is { } unknown)
{
    Console.Error.WriteLine($"there is no bench \"{unknown}\"; there are {known}");
    return 64;
}
foreach (var name in chosen)
{
    using var directory = new WorkDirectory();
    await benches.Single(bench => bench.Name == name).Run(args[0], directory);
}
return 0;
