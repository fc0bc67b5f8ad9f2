// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using CsCheck;

namespace ControlPlane.Tests.Config.Objects;

/// <summary>Random JSON values for properties, small enough to collide: few names, few values.</summary>
internal static class AnyJson
{
    private static readonly Gen<string> s_name = Gen.OneOf<string>("a", "b", "c", "a/b", "m~n", "");

    private static readonly Gen<JsonNode?> s_scalar = Gen.OneOf(
        Gen.Int[0, 3].Select(static number => (JsonNode?)number),
        Gen.Bool.Select(static flag => (JsonNode?)flag),
        s_name.Select(static text => (JsonNode?)text)
    );

    private static readonly Gen<JsonNode?> s_scalarOrNull = Gen.Frequency(
        (4, s_scalar),
        (1, Gen.Const(static () => (JsonNode?)null))
    );

    /// <summary>Values without null anywhere.</summary>
    public static Gen<JsonNode?> Value { get; } = Nested(s_scalar, 3);

    /// <summary>Values with null here and there.</summary>
    public static Gen<JsonNode?> ValueOrNull { get; } = Nested(s_scalarOrNull, 3);

    public static Gen<JsonObject> Object { get; } = ObjectOf(Nested(s_scalar, 2));

    public static Gen<JsonObject> ObjectWithNull { get; } = ObjectOf(Nested(s_scalarOrNull, 2));

    public static void Equal(JsonNode? expected, JsonNode? actual) =>
        Assert.True(
            JsonNode.DeepEquals(expected, actual),
            $"expected {expected?.ToJsonString() ?? "null"}\nactual   {actual?.ToJsonString() ?? "null"}"
        );

    public static JsonNode? Parse(string text) => JsonNode.Parse(text);

    private static Gen<JsonNode?> Nested(Gen<JsonNode?> scalar, int depth) =>
        depth == 0
            ? scalar
            : Gen.Frequency(
                (2, scalar),
                (3, ObjectOf(Nested(scalar, depth - 1)).Select(static map => (JsonNode?)map)),
                (
                    1,
                    Nested(scalar, depth - 1)
                        .Array[0, 3]
                        .Select(static items =>
                            (JsonNode?)new JsonArray([.. items.Select(static item => item?.DeepClone())])
                        )
                )
            );

    private static Gen<JsonObject> ObjectOf(Gen<JsonNode?> value) =>
        Gen.Select(s_name, value)
            .Array[0, 4]
            .Select(static entries => new JsonObject(
                entries
                    .DistinctBy(static entry => entry.Item1)
                    .Select(static entry => KeyValuePair.Create(entry.Item1, entry.Item2?.DeepClone()))
            ));
}
