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

    private readonly ControlPlaneHost _controlPlane;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });

    private LateenUnderTest(ControlPlaneHost controlPlane) => _controlPlane = controlPlane;

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
        var test = new LateenUnderTest(controlPlane) { StateDirectory = directory.Folder("state"), Binary = binary };
        test.Launch();
        await test.WaitUntilReadyAsync();
        return test;
    }

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
                _controlPlane.Addresses[0].ToString(),
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

    /// <summary>A number of the proxy's statistics.</summary>
    public async Task<long> StatAsync(string name)
    {
        var text = await _client.GetStringAsync(new Uri($"http://{AdminAddress}:15000/stats?filter=^{name}$"));
        return long.Parse(Number().Match(text).Groups["n"].Value, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        Process.Dispose();
        await _controlPlane.StopAsync();
        await _controlPlane.DisposeAsync();
        _client.Dispose();
    }

    [GeneratedRegex(@": (?<n>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();
}
