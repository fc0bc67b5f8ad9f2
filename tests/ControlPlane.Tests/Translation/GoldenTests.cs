// SPDX-License-Identifier: Apache-2.0
using ControlPlane.Tests.Fixtures;
using Lateen.Mesh;
using Lateen.Translation;

namespace ControlPlane.Tests.Translation;

/// <summary>
/// <c>Golden/*/input.yaml</c> → everything the proxy named in its first line gets. <c>LATEEN_UPDATE_GOLDEN=1</c> rewrites
/// the expected files; review reads the difference.
/// </summary>
public class GoldenTests
{
    public static TheoryData<string> Cases => new(GoldenFiles.Names());

    [Theory]
    [MemberData(nameof(Cases))]
    public void Translation_matches_the_golden_files(string name)
    {
        var golden = new GoldenFiles(name);
        var mesh = new MeshFixture(MeshConfig.Default with { AccessLogFile = golden.AccessLogFile }, golden.Input);
        Assert.Empty(mesh.Config.Problems);
        var xds = mesh.Translate(golden.Proxy);
        foreach (var set in xds.Sets)
            golden.AssertMatches(set);
        Assert.Equal(golden.Warnings, xds.Warnings);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_proxy_accepts_all_of_it(string name)
    {
        var golden = new GoldenFiles(name);
        using var proxy = new Simulation.SimulatedProxy(new MeshFixture(golden.Input).Translate(golden.Proxy));
        Assert.Empty(proxy.Rejections);
    }
}
