// SPDX-License-Identifier: Apache-2.0
using Lateen.Config;
using Lateen.Config.Kinds.MeshWide;
using Lateen.Config.Schemas;

namespace ControlPlane.Tests.Config.Schemas;

public class SchemaTests
{
    private static readonly IReadOnlyCollection<ObjectSchema> s_objects = SchemaWalk.Objects([
        .. KindCatalogue.All.Select(static kind => kind.Content),
        SchemaBuilder.Of(typeof(MeshConfiguration)),
        SchemaBuilder.Of(typeof(MeshNetworks)),
        SchemaBuilder.Of(typeof(ResourceMetadata)),
        SchemaBuilder.Of(typeof(ListMetadata)),
    ]);

    [Fact]
    public void Every_object_field_and_word_is_described()
    {
        var undescribed = new List<string>();
        foreach (var schema in s_objects)
        {
            if (schema.Description.Length == 0)
                undescribed.Add(schema.Type.Name);
            foreach (var field in schema.Fields)
            {
                if (field.Description.Length == 0)
                    undescribed.Add($"{schema.Type.Name}.{field.Name}");
                if (SchemaWalk.Inner(field.Value) is ChoiceSchema choice)
                    undescribed.AddRange(
                        choice
                            .Words.Where(word => choice.DescriptionOf(word.Value).Length == 0)
                            .Select(word => $"{choice.Enum.Name}.{word.Word}")
                    );
            }
        }
        Assert.Empty(undescribed);
    }

    [Fact]
    public void Names_in_paths_and_abbreviations_stand_for_one_kind()
    {
        Assert.All(
            KindCatalogue.All.GroupBy(static kind => (kind.Group, kind.Plural)),
            static namesakes => Assert.Single(namesakes)
        );
        Assert.All(
            KindCatalogue.All.SelectMany(static kind => kind.ShortNames).GroupBy(static name => name),
            static namesakes => Assert.Single(namesakes)
        );
    }

    [Fact]
    public void Kinds_that_share_a_name_are_told_apart() =>
        Assert.Equal(
            KindCatalogue.All.Count,
            KindCatalogue.All.Select(static kind => KindCatalogue.DisplayName(kind.Group, kind.Name)).Distinct().Count()
        );
}
