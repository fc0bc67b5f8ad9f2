// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Sources;
using Lateen.Mesh;
using Lateen.Translation;

namespace ControlPlane.Tests.Fixtures;

/// <summary>A mesh made of YAML, as a directory source would make it. Taking new YAML builds on the snapshot before.</summary>
internal sealed class MeshFixture
{
    private readonly ConfigAssembler _assembler = new();

    private readonly MeshConfig _settings;

    public MeshFixture(params string[] texts)
        : this(MeshConfig.Default, texts) { }

    public MeshFixture(MeshConfig settings, params string[] texts)
    {
        _settings = settings;
        Take(texts);
    }

    public ConfigSnapshot Config { get; private set; } = ConfigSnapshot.Empty;

    public MeshSnapshot Snapshot { get; private set; } = null!;

    /// <summary>Replaces the whole configuration.</summary>
    public MeshSnapshot Take(params string[] texts)
    {
        var files = texts.Index().ToDictionary(static entry => $"{entry.Index}.yaml", static entry => entry.Item);
        Config = _assembler.Assemble(files);
        var settings = MeshConfigReader.Of(Config, _settings);
        return Snapshot = MeshBuilder.Build(Config, EndpointSnapshot.From(Config), settings, Snapshot);
    }

    public XdsSnapshot Translate(ProxyNode node) => XdsTranslator.Translate(Snapshot.ViewFor(node));

    /// <param name="labels">As <c>app=reviews,version=v1</c>.</param>
    public static ProxyNode Sidecar(
        string address = "127.0.1.9",
        string labels = "app=client",
        string ns = "default"
    ) =>
        Node(ProxyKind.Sidecar, address, labels, ns) with
        {
            Interception = InterceptionMode.None,
            HttpProxyPort = 15007,
            AppAddress = address.Replace("127.0.1.", "127.0.2.", StringComparison.Ordinal),
            BindAddress = address,
        };

    public static ProxyNode Gateway(string labels = "istio=ingressgateway", string ns = "istio-system") =>
        Node(ProxyKind.Gateway, "127.0.1.1", labels, ns) with
        {
            BindAddress = "127.0.0.1",
        };

    private static ProxyNode Node(ProxyKind kind, string address, string labels, string ns) =>
        new()
        {
            Id = $"{kind}~{address}~test.{ns}~{ns}.svc.cluster.local",
            Kind = kind,
            Address = address,
            Name = "test",
            Namespace = ns,
            Workload = "test",
            Labels = labels
                .Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(static label => label.Split('='))
                .ToDictionary(static pair => pair[0], static pair => pair[1]),
        };
}
