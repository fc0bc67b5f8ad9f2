// SPDX-License-Identifier: Apache-2.0
using EndToEnd.Tests.BadInput;
using EndToEnd.Tests.Support;

namespace EndToEnd.Tests.Up;

/// <summary>Workloads and settings are edited while <c>lateen up</c> runs them: what runs follows, and requests go on.</summary>
public class WorkloadChangesTests
{
    [Fact]
    public async Task What_runs_follows_the_documents_and_no_request_fails()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        await using var mesh = await SmallMesh.StartAsync(limit.Token);
        Assert.Equal("v1", await mesh.AskAsync(limit.Token));
        var asked = new AskedAllTheTime(mesh, limit.Token);

        // One more replica, and one more workload.
        mesh.WriteMesh(SmallMesh.Reviews("v1", replicas: 2), SmallMesh.Reviews("v2"), SmallMesh.Reviews("v3"));
        await mesh.SaysAsync("reviews-v1-2 is up at 127.0.1.", limit.Token);
        await mesh.SaysAsync("reviews-v3-1 is up at 127.0.1.", limit.Token);

        // A mistake changes nothing, and is told where the mesh was started.
        mesh.WriteMesh(
            SmallMesh.Reviews("v1", replicas: 2).Replace("replicas: 2", "replicas: many", StringComparison.Ordinal),
            SmallMesh.Reviews("v2"),
            SmallMesh.Reviews("v3")
        );
        await mesh.SaysAsync("Workload default/reviews-v1, spec.replicas: ", limit.Token);

        // Another program, replica by replica. The correction has it all at once.
        mesh.WriteMesh(
            SmallMesh.Reviews("v1", replicas: 2, serves: "v1b"),
            SmallMesh.Reviews("v2"),
            SmallMesh.Reviews("v3")
        );
        await mesh.SaysAsync("reviews-v1-1 is stopped", limit.Token);
        await mesh.SaysAsync("reviews-v1-2 is stopped", limit.Token);
        await asked.AnswersAloneAsync("v1b");

        // Fewer, and one workload less.
        mesh.WriteMesh(SmallMesh.Reviews("v1", serves: "v1b"), SmallMesh.Reviews("v3"));
        await mesh.SaysAsync("reviews-v2-1 is stopped", limit.Token);
        await Eventually.TrueAsync(
            () => Task.FromResult(Count(mesh.Said, "reviews-v1-2 is stopped") == 2),
            limit.Token
        );
        Assert.Equal(1, Count(mesh.Said, "reviews-v1-1 is stopped"));
        Assert.Equal(0, Count(mesh.Said, "reviews-v3-1 is stopped"));
        await asked.AnswersAloneAsync("v1b");
        var failed = await asked.StopAsync();
        Assert.True(failed.Count == 0, $"{string.Join('\n', failed)}\n{mesh.Said}");
        Assert.Equal(0, await mesh.StopAsync(limit.Token));
    }

    [Fact]
    public async Task Settings_of_the_mesh_are_followed()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await using var mesh = await SmallMesh.StartAsync(limit.Token, settings: "connectTimeout: 7s");
        Assert.Contains("\"connect_timeout\": \"7s\"", await ConfigAsync(), StringComparison.Ordinal);
        mesh.WriteSettings("connectTimeout: 8s");
        await Eventually.TrueAsync(
            async () => (await ConfigAsync()).Contains("\"connect_timeout\": \"8s\"", StringComparison.Ordinal),
            limit.Token
        );
        Assert.DoesNotContain("\"7s\"", await ConfigAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await mesh.StopAsync(limit.Token));

        Task<string> ConfigAsync() => mesh.GatewayAdminAsync("config_dump", limit.Token);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    /// <summary>One request after the other, until the end.</summary>
    private sealed class AskedAllTheTime
    {
        private const int Alone = 20;

        private readonly SmallMesh _mesh;
        private readonly CancellationToken _limit;
        private readonly Task<IReadOnlyList<string>> _asking;
        private readonly Lock _gate = new();
        private readonly Queue<string> _latest = new();
        private bool _isOver;

        public AskedAllTheTime(SmallMesh mesh, CancellationToken limit)
        {
            _mesh = mesh;
            _limit = limit;
            _asking = Task.Run(AskAsync, limit);
        }

        /// <summary>Waits until so many answers in a row were of one version.</summary>
        public Task AnswersAloneAsync(string version)
        {
            lock (_gate)
                _latest.Clear();
            return Eventually.TrueAsync(
                () =>
                {
                    lock (_gate)
                        return Task.FromResult(_latest.Count == Alone && _latest.All(one => one == version));
                },
                _limit
            );
        }

        /// <returns>What failed.</returns>
        public Task<IReadOnlyList<string>> StopAsync()
        {
            Volatile.Write(ref _isOver, true);
            return _asking;
        }

        private async Task<IReadOnlyList<string>> AskAsync()
        {
            var failures = new List<string>();
            for (var i = 0; !Volatile.Read(ref _isOver); i++)
            {
                try
                {
                    var version = await _mesh.AskAsync(_limit);
                    lock (_gate)
                    {
                        _latest.Enqueue(version);
                        while (_latest.Count > Alone)
                            _latest.Dequeue();
                    }
                }
                catch (HttpRequestException failure)
                {
                    failures.Add($"request {i}: {failure.Message}");
                }
            }
            return failures;
        }
    }
}
