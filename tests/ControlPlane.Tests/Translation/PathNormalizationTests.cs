// SPDX-License-Identifier: Apache-2.0
using ControlPlane.Tests.Fixtures;
using Lateen.Config.Kinds.MeshWide;
using Lateen.Mesh;

namespace ControlPlane.Tests.Translation;

/// <summary>
/// <c>pathNormalization</c> of the mesh as its connection managers get it; what a proxy does by each is in the data plane's
/// PathModeTests.
/// </summary>
public class PathNormalizationTests
{
    [Theory]
    [InlineData(PathNormalizationType.Default, "True False KeepUnchanged")]
    [InlineData(PathNormalizationType.None, "False False KeepUnchanged")]
    [InlineData(PathNormalizationType.Base, "True False KeepUnchanged")]
    [InlineData(PathNormalizationType.MergeSlashes, "True True KeepUnchanged")]
    [InlineData(PathNormalizationType.DecodeAndMergeSlashes, "True True UnescapeAndForward")]
    public void Every_connection_manager_normalizes_as_the_mesh_says(
        PathNormalizationType normalization,
        string expected
    )
    {
        foreach (var name in (string[])["sidecar", "gateway"])
        {
            var golden = new GoldenFiles(name);
            var mesh = new MeshFixture(MeshConfig.Default with { PathNormalization = normalization }, golden.Input);
            var managers = ConnectionManagersOf.Listeners(mesh.Translate(golden.Proxy)).ToArray();
            Assert.NotEmpty(managers);
            Assert.All(
                managers,
                manager =>
                    Assert.Equal(
                        expected,
                        $"{manager.NormalizePath} {manager.MergeSlashes} {manager.PathWithEscapedSlashesAction}"
                    )
            );
        }
    }
}
