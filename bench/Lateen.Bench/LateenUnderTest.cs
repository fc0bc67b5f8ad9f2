// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Lateen.ControlPlane;
using Lateen.Mesh;
using Microsoft.Extensions.Logging;

namespace Lateen.Bench;

/// <summary>The native proxy as a gateway, configured over xDS by a control plane in this process.</summary>
internal sealed partial class LateenUnderTest : IAsyncDisposable
{
    public const string AdminAddress = "127.0.1.250";

    private readonly IAsyncDisposable _controlPlane;
    private readonly string _discoveryAddress;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });

    private LateenUnderTest(IAsyncDisposable controlPlane, string discoveryAddress)
    {
        _controlPlane = controlPlane;
        _discoveryAddress = discoveryAddress;
    }

    public ChildProcess Process { get; private set; } = null!;

    public string StateDirectory { get; private init; } = "";

    private string Binary { get; init; } = "";

    /// <param name="config">Mesh configuration as YAML.</param>
    public static async Task<LateenUnderTest> StartAsync(string binary, WorkDirectory directory, string config)
    {
        var path = directory.Write("mesh.yaml", config);
        var controlPlane = new ControlPlaneHost(
            new ControlPlaneOptions
            {
                ConfigPaths = [path],
                XdsPort = 0,
                MonitoringPort = 0,
                DebugPort = null,
                Mesh = MeshConfig.Default,
            },
            TimeProvider.System,
            static logging => logging.SetMinimumLevel(LogLevel.Error)
        );
        await controlPlane.StartAsync(CancellationToken.None);
        return await StartAsync(
            new LateenUnderTest(controlPlane, controlPlane.Addresses[0].ToString())
            {
                StateDirectory = directory.Folder("state"),
                Binary = binary,
            }
        );
    }

    /// <param name="controlPlane">With everything the proxy is to serve; ends with the proxy.</param>
    public static Task<LateenUnderTest> StartAsync(
        string binary,
        WorkDirectory directory,
        FixedControlPlane controlPlane
    ) =>
        StartAsync(
            new LateenUnderTest(controlPlane, controlPlane.Address)
            {
                StateDirectory = directory.Folder("state"),
                Binary = binary,
            }
        );

    /// <summary>Starts the proxy process.</summary>
    public void Launch() =>
        Process = ChildProcess.Start(
            0,
            Binary,
            [
                "gateway",
                "--concurrency",
                "1",
                "--admin-address",
                AdminAddress,
                "--discovery-address",
                _discoveryAddress,
                "--state-dir",
                StateDirectory,
                "--exit-with-stdin",
            ],
            new Dictionary<string, string>
            {
                ["INSTANCE_IP"] = AdminAddress,
                ["POD_NAME"] = "bench-gateway",
                ["ISTIO_META_INTERCEPTION_MODE"] = "NONE",
                ["ISTIO_META_BIND_ADDRESS"] = "127.0.0.1",
                ["ISTIO_METAJSON_LABELS"] = """{"istio":"ingressgateway","app":"ingressgateway"}""",
            }
        );

    /// <summary>Polls readiness as a kubelet would, only faster.</summary>
    public async Task WaitUntilReadyAsync()
    {
        for (var i = 0; i < 20_000; i++)
        {
            try
            {
                using var answer = await _client.GetAsync(new Uri($"http://{AdminAddress}:15021/healthz/ready"));
                if (answer.StatusCode == HttpStatusCode.OK)
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            await Task.Delay(TimeSpan.FromMilliseconds(0.5));
        }
        throw new InvalidOperationException("the proxy did not get ready");
    }

    /// <summary>Collections and allocations so far. Asking allocates too, each time alike.</summary>
    public async Task<Garbage> GarbageAsync()
    {
        var text = await _client.GetStringAsync(new Uri($"http://{AdminAddress}:15000/stats"));
        var numbers = GarbageNumbers()
            .Matches(text)
            .ToDictionary(
                static match => match.Groups["name"].Value,
                static match => long.Parse(match.Groups["n"].Value, CultureInfo.InvariantCulture)
            );
        return new Garbage(numbers["collections"], numbers["allocated_bytes"]);
    }

    public async ValueTask DisposeAsync()
    {
        Process.Dispose();
        await _controlPlane.DisposeAsync();
        _client.Dispose();
    }

    private static async Task<LateenUnderTest> StartAsync(LateenUnderTest test)
    {
        test.Launch();
        await test.WaitUntilReadyAsync();
        return test;
    }

    [GeneratedRegex(
        @"lateen\.gc_(?<name>collections|allocated_bytes): (?<n>\d+)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex GarbageNumbers();
}

/// <summary>What the garbage collector counts.</summary>
internal sealed record Garbage(long Collections, long AllocatedBytes);
