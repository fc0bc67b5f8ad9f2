// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Schemas;

namespace ControlPlane.Tests.Config.Schemas;

/// <summary>Everything that schemas are made of.</summary>
internal static class SchemaWalk
{
    /// <summary>The objects of all kinds, each once.</summary>
    public static IReadOnlyCollection<ObjectSchema> Objects(IEnumerable<ObjectSchema> roots)
    {
        var found = new HashSet<ObjectSchema>();
        var open = new Queue<ObjectSchema>(roots);
        while (open.TryDequeue(out var next))
        {
            if (!found.Add(next))
                continue;
            foreach (var inner in next.Fields.Select(static field => Inner(field.Value)).OfType<ObjectSchema>())
                open.Enqueue(inner);
        }
        return found;
    }

    /// <summary>What the lists and maps are of.</summary>
    public static ValueSchema Inner(ValueSchema schema) =>
        schema switch
        {
            ListSchema list => Inner(list.Item),
            MapSchema map => Inner(map.Value),
            _ => schema,
        };
}
