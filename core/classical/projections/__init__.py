"""Maps of points with many coordinates, and measures of what a map keeps.

PCA is a shadow: it turns the points and drops coordinates. Classical multidimensional scaling keeps distances as well
as a shadow can, SMACOF as well as any map can. t-SNE and UMAP give up distances to keep neighbours together. None can
keep all; the measures say what each kept.

============  ========================================================================================================
`pca`         `mds`, `tsne` (with `affinity`) and `umap` are the methods; each gives an `Embedding`
`quality`     neighbourhoods kept; `distances`: the order of near and far; `clumps`: whether points stand in clumps
`procrustes`  maps laid on one another
`runs`        runs as things to ask for; `ahead` gives those that were made ahead
============  ========================================================================================================
"""

from core.classical.projections.clumps import Clumps as Clumps
from core.classical.projections.clumps import clumps as clumps
from core.classical.projections.clumps import crowding as crowding
from core.classical.projections.clumps import gap as gap
from core.classical.projections.clumps import widths as widths
from core.classical.projections.distances import Shepard as Shepard
from core.classical.projections.distances import shepard as shepard
from core.classical.projections.distances import triplets as triplets
from core.classical.projections.embedding import INITS as INITS
from core.classical.projections.embedding import Embedding as Embedding
from core.classical.projections.mds import mds as mds
from core.classical.projections.mds import stress as stress
from core.classical.projections.pca import PCA as PCA
from core.classical.projections.pca import pca as pca
from core.classical.projections.pca import standardized as standardized
from core.classical.projections.points import MAX_POINTS as MAX_POINTS
from core.classical.projections.procrustes import Alignment as Alignment
from core.classical.projections.procrustes import align as align
from core.classical.projections.procrustes import jitter as jitter
from core.classical.projections.procrustes import moved as moved
from core.classical.projections.procrustes import procrustes as procrustes
from core.classical.projections.quality import Links as Links
from core.classical.projections.quality import Order as Order
from core.classical.projections.quality import Quality as Quality
from core.classical.projections.quality import Ranks as Ranks
from core.classical.projections.quality import knn_accuracy as knn_accuracy
from core.classical.projections.quality import links as links
from core.classical.projections.quality import order as order
from core.classical.projections.quality import quality as quality
from core.classical.projections.quality import ranks as ranks
from core.classical.projections.tsne import place as place
from core.classical.projections.tsne import tsne as tsne
from core.classical.projections.umap import METRICS as METRICS
from core.classical.projections.umap import UMAP_INITS as UMAP_INITS
from core.classical.projections.umap import umap as umap
from core.classical.projections.umap import umap_place as umap_place
from core.classical.projections.umap import warm as warm
