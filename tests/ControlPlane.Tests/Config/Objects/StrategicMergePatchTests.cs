// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Objects.Patches;
using Lateen.Config.Objects.Shapes;
using Lateen.Config.Schemas;

namespace ControlPlane.Tests.Config.Objects;

/// <summary>Kubernetes' directives, on a Service: its ports have a key, its finalizers are a set, its external addresses a list.</summary>
public class StrategicMergePatchTests
{
    private const string TwoPorts = """{"spec":{"ports":[{"port":80,"name":"http"},{"port":443,"name":"https"}]}}""";

    private static readonly ObjectShape s_service = KindShapes.Of(KindCatalogue.Find("", "Service")!);

    public static TheoryData<string, string, string> Rows =>
        new()
        {
            // As a merge patch.
            { """{"spec":{"type":"ClusterIP"}}""", """{"spec":{"type":null}}""", """{"spec":{}}""" },
            {
                """{"metadata":{"labels":{"a":"1"}}}""",
                """{"metadata":{"labels":{"b":"2"}}}""",
                """{"metadata":{"labels":{"a":"1","b":"2"}}}"""
            },
            {
                """{"spec":{"externalIPs":["1.1.1.1"]}}""",
                """{"spec":{"externalIPs":["2.2.2.2"]}}""",
                """{"spec":{"externalIPs":["2.2.2.2"]}}"""
            },
            // Items are merged by their key.
            {
                TwoPorts,
                """{"spec":{"ports":[{"port":80,"targetPort":8080}]}}""",
                """{"spec":{"ports":[{"port":80,"name":"http","targetPort":8080},{"port":443,"name":"https"}]}}"""
            },
            {
                TwoPorts,
                """{"spec":{"ports":[{"port":90}]}}""",
                """{"spec":{"ports":[{"port":80,"name":"http"},{"port":443,"name":"https"},{"port":90}]}}"""
            },
            {
                TwoPorts,
                """{"spec":{"ports":[{"port":80,"name":null}]}}""",
                """{"spec":{"ports":[{"port":80},{"port":443,"name":"https"}]}}"""
            },
            { "{}", """{"spec":{"ports":[{"port":80,"name":null}]}}""", """{"spec":{"ports":[{"port":80}]}}""" },
            // $patch
            {
                TwoPorts,
                """{"spec":{"ports":[{"port":80,"$patch":"delete"}]}}""",
                """{"spec":{"ports":[{"port":443,"name":"https"}]}}"""
            },
            {
                TwoPorts,
                """{"spec":{"ports":[{"$patch":"replace"},{"port":1}]}}""",
                """{"spec":{"ports":[{"port":1}]}}"""
            },
            { TwoPorts, """{"spec":{"$patch":"replace","type":"ClusterIP"}}""", """{"spec":{"type":"ClusterIP"}}""" },
            { TwoPorts, """{"spec":{"$patch":"delete"}}""", """{"spec":{}}""" },
            {
                TwoPorts,
                """{"spec":{"$patch":"merge","type":"X"}}""",
                """{"spec":{"ports":[{"port":80,"name":"http"},{"port":443,"name":"https"}],"type":"X"}}"""
            },
            // $retainKeys
            {
                """{"spec":{"type":"A","externalName":"b"}}""",
                """{"spec":{"$retainKeys":["type"],"type":"C"}}""",
                """{"spec":{"type":"C"}}"""
            },
            // Sets, and what is taken out of them.
            {
                """{"metadata":{"finalizers":["a/b"]}}""",
                """{"metadata":{"finalizers":["a/b","c/d"]}}""",
                """{"metadata":{"finalizers":["a/b","c/d"]}}"""
            },
            {
                """{"metadata":{"finalizers":["a/b","c/d"]}}""",
                """{"metadata":{"$deleteFromPrimitiveList/finalizers":["a/b"]}}""",
                """{"metadata":{"finalizers":["c/d"]}}"""
            },
            // $setElementOrder
            {
                TwoPorts,
                """{"spec":{"$setElementOrder/ports":[{"port":443},{"port":80}],"ports":[{"port":80,"name":"x"}]}}""",
                """{"spec":{"ports":[{"port":443,"name":"https"},{"port":80,"name":"x"}]}}"""
            },
            {
                TwoPorts,
                """{"spec":{"$setElementOrder/ports":[{"port":1},{"port":80}],"ports":[{"port":1}]}}""",
                """{"spec":{"ports":[{"port":443,"name":"https"},{"port":1},{"port":80,"name":"http"}]}}"""
            },
            {
                """{"metadata":{"finalizers":["a","b"]}}""",
                """{"metadata":{"$setElementOrder/finalizers":["b","a"]}}""",
                """{"metadata":{"finalizers":["b","a"]}}"""
            },
        };

    public static TheoryData<string, string> Refused =>
        new()
        {
            { """{"spec":{"ports":[{"name":"x"}]}}""", "has no port" },
            { """{"spec":{"ports":["x"]}}""", "must be objects" },
            { """{"spec":{"$patch":"spam"}}""", "$patch must be one of" },
            { """{"spec":{"$patch":1}}""", "$patch must be one of" },
            { """{"spec":{"$retainKeys":"x"}}""", "$retainKeys must be a list of texts" },
            { """{"spec":{"$retainKeys":[1]}}""", "$retainKeys must be a list of texts" },
            { """{"metadata":{"$deleteFromPrimitiveList/finalizers":1}}""", "must be a list" },
            { """{"spec":{"$setElementOrder/ports":1}}""", "must be a list" },
        };

    [Theory, MemberData(nameof(Rows))]
    public void Is_applied(string document, string patch, string expected)
    {
        var target = AnyJson.Parse(document)!.AsObject();
        var result = StrategicMergePatch.Apply(target, AnyJson.Parse(patch)!.AsObject(), s_service, out var problem);
        Assert.Equal("", problem);
        AnyJson.Equal(AnyJson.Parse(expected), result);
        AnyJson.Equal(AnyJson.Parse(document), target);
    }

    [Theory, MemberData(nameof(Refused))]
    public void Says_why_it_cannot_be(string patch, string expected)
    {
        var target = AnyJson.Parse(TwoPorts)!.AsObject();
        var result = StrategicMergePatch.Apply(target, AnyJson.Parse(patch)!.AsObject(), s_service, out var problem);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
        AnyJson.Equal(AnyJson.Parse(TwoPorts), result);
    }
}
