// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace DataPlane.Tests.Admin;

public sealed class ConfigDumpTests : IDisposable
{
    private readonly AdminFixture _admin = new();

    public ConfigDumpTests() => _admin.Configure(9);

    public void Dispose() => _admin.Dispose();

    [Fact]
    public void Dumps_come_in_the_order_that_istioctl_reads()
    {
        Assert.Equal(["Bootstrap", "Clusters", "Listeners", "Routes"], Kinds(Configs("/config_dump")));
        Assert.Equal(
            ["Bootstrap", "Clusters", "Endpoints", "Listeners", "Routes"],
            Kinds(Configs("/config_dump?include_eds"))
        );
    }

    [Fact]
    public void Active_and_warming_resources_stand_apart_with_their_versions()
    {
        var clusters = Configs("/config_dump")[1];
        Assert.Equal("v7", clusters.GetProperty("version_info").GetString());
        var active = Assert.Single(clusters.GetProperty("dynamic_active_clusters").EnumerateArray());
        Assert.Equal(("a", "1"), (NameOf(active, "cluster"), active.GetProperty("version_info").GetString()));
        Assert.Equal(
            "type.googleapis.com/envoy.config.cluster.v3.Cluster",
            active.GetProperty("cluster").GetProperty("@type").GetString()
        );
        var warming = Assert.Single(clusters.GetProperty("dynamic_warming_clusters").EnumerateArray());
        Assert.Equal("w", NameOf(warming, "cluster"));
        var listener = Configs("/config_dump")[2].GetProperty("dynamic_listeners")[0];
        Assert.Equal("in", listener.GetProperty("name").GetString());
        Assert.Equal("in", NameOf(listener.GetProperty("active_state"), "listener"));
    }

    [Fact]
    public void A_resource_is_the_elements_of_one_list()
    {
        var listeners = Configs("/config_dump?resource=dynamic_listeners");
        Assert.Equal(["in", "out"], listeners.Select(static listener => listener.GetProperty("name").GetString()));
        Assert.All(
            listeners,
            static listener =>
                Assert.Equal(
                    "type.googleapis.com/envoy.admin.v3.ListenersConfigDump.DynamicListener",
                    listener.GetProperty("@type").GetString()
                )
        );
        Assert.Empty(Configs("/config_dump?resource=static_clusters"));
    }

    [Fact]
    public void A_mask_keeps_some_fields_of_the_dumps_that_have_them()
    {
        var masked = Configs("/config_dump?mask=dynamic_active_clusters,static_clusters,dynamic_listeners");
        Assert.Equal(["Clusters", "Listeners"], Kinds(masked));
        Assert.True(masked[0].TryGetProperty("dynamic_active_clusters", out _));
        Assert.False(masked[0].TryGetProperty("version_info", out _));
        Assert.False(masked[0].TryGetProperty("dynamic_warming_clusters", out _));
    }

    [Fact]
    public void A_mask_beside_a_resource_keeps_some_fields_of_each_element()
    {
        var masked = Configs("/config_dump?resource=dynamic_active_clusters&mask=version_info");
        Assert.Equal("1", Assert.Single(masked).GetProperty("version_info").GetString());
        Assert.False(masked[0].TryGetProperty("cluster", out _));
    }

    [Fact]
    public void Names_can_be_chosen() =>
        Assert.Equal(
            ["out"],
            Configs("/config_dump?resource=dynamic_listeners&name_regex=^o")
                .Select(static listener => listener.GetProperty("name").GetString())
        );

    [Theory]
    [InlineData("resource=nonsense", 404, "nonsense not found in config dump\n")]
    [InlineData(
        "resource=bootstrap",
        400,
        "bootstrap is not a repeated field. Use ?mask=bootstrap to get only this field\n"
    )]
    [InlineData(
        "mask=nonsense",
        400,
        "mask \"nonsense\" names no field there is; write field names, separated by commas\n"
    )]
    public void A_question_that_makes_no_sense_is_answered_so(string query, int status, string message) =>
        Assert.Equal((status, message), _admin.Get($"/config_dump?{query}"));

    [Fact]
    public void A_bad_name_pattern_is_said() => Assert.Equal(400, _admin.Get("/config_dump?name_regex=(").Status);

    private JsonElement[] Configs(string target)
    {
        var (status, body) = _admin.Get(target);
        Assert.Equal(200, status);
        return JsonDocument.Parse(body).RootElement.TryGetProperty("configs", out var configs)
            ? configs.EnumerateArray().ToArray()
            : [];
    }

    private static IEnumerable<string> Kinds(JsonElement[] configs) =>
        configs.Select(static config =>
            config.GetProperty("@type").GetString()!.Split('.')[^1][..^"ConfigDump".Length]
        );

    private static string? NameOf(JsonElement entry, string field) =>
        entry.GetProperty(field).GetProperty("name").GetString();
}
