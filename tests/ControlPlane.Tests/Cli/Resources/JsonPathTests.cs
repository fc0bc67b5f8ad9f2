// SPDX-License-Identifier: Apache-2.0
using ControlPlane.Tests.ResourceApi;

namespace ControlPlane.Tests.Cli.Resources;

public class JsonPathTests
{
    private const string Data = """
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m","labels":{"app.kubernetes.io/name":"x","tier":"front"}},
         "data":{"a":"1","b":"two words"}}
        """;

    private const string Route = """
        {"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"r"},
         "spec":{"hosts":["a","b","c"],"http":[{"name":"one","route":[{"destination":{"host":"a"},"weight":1}]},{"name":"two","route":[{"destination":{"host":"b"}}]}]}}
        """;

    [Theory]
    [InlineData("cm/m", "{.data.a}", "1")]
    [InlineData("cm/m", ".data.b", "two words")]
    [InlineData("cm/m", "data.b", "two words")]
    [InlineData("cm/m", "{$.data['a']}", "1")]
    [InlineData("cm/m", @"{.metadata.labels.app\.kubernetes\.io/name}", "x")]
    [InlineData("cm/m", "{.data}", """{"a":"1","b":"two words"}""")]
    [InlineData("vs/r", "{.spec.http[0].route[0].destination.*}", "a")]
    [InlineData("cm/m", "{.data.none}", "")]
    [InlineData("cm/m", """a{"\t}"}{.kind}{"\n"}""", "a\t}ConfigMap\n")]
    [InlineData("vs/r", "{.spec.hosts}", """["a","b","c"]""")]
    [InlineData("vs/r", "{.spec.hosts[*]}", "a b c")]
    [InlineData("vs/r", "{.spec.hosts[1]}", "b")]
    [InlineData("vs/r", "{.spec.hosts[-1]}", "c")]
    [InlineData("vs/r", "{.spec.hosts[1:]}", "b c")]
    [InlineData("vs/r", "{.spec.hosts[0:2]}", "a b")]
    [InlineData("vs/r", "{.spec.hosts[:-1]}", "a b")]
    [InlineData("vs/r", "{..host}", "a b")]
    [InlineData("vs/r", """{.spec.http[?(@.name=="two")].route[0].destination.host}""", "b")]
    [InlineData("vs/r", """{.spec.http[?(@.name!="two")].name}""", "one")]
    [InlineData("vs/r", "{.spec.http[?(@.route[0].weight)].name}", "one")]
    [InlineData("vs/r", "{range .spec.http[*]}{.name}={range .route[*]}{.destination.host}{end};{end}", "one=a;two=b;")]
    public async Task Templates_give_what_kubectl_gives(string what, string template, string expected)
    {
        await using var api = await RunningApi.StartAsync();
        await api.CreateAsync(Samples.ConfigMaps, Data);
        await api.CreateAsync(Samples.Routes, Route);
        using var lateen = new LateenCommand(api.Address);
        Assert.Equal(expected, await lateen.RunAsync("get", what, "-o", $"jsonpath={template}"));
        if (!template.Contains('{', StringComparison.Ordinal))
            return;
        using var kubectl = new Kubectl(api.Address);
        Assert.Equal(expected, await kubectl.RunAsync("get", what, "-o", $"jsonpath={template}"));
    }
}
