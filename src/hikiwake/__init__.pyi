from hikiwake.api import Backtest as Backtest
from hikiwake.api import BriefView as BriefView
from hikiwake.api import Complementarity as Complementarity
from hikiwake.api import PairView as PairView
from hikiwake.api import Potential as Potential
from hikiwake.api import Ties as Ties
from hikiwake.api import backtest as backtest
from hikiwake.api import country as country
from hikiwake.api import datasets as datasets
from hikiwake.api import methods as methods
from hikiwake.api import pair as pair
from hikiwake.core.errors import BadInput as BadInput
from hikiwake.core.errors import BadUsage as BadUsage
from hikiwake.core.errors import DamagedStore as DamagedStore
from hikiwake.core.errors import Environment as Environment
from hikiwake.core.errors import HikiwakeError as HikiwakeError
from hikiwake.core.errors import NoData as NoData
from hikiwake.core.errors import NoSolution as NoSolution
from hikiwake.core.errors import NotConverged as NotConverged
from hikiwake.core.errors import UnknownCountry as UnknownCountry
from hikiwake.core.factset import FactSet as FactSet
from hikiwake.core.provenance import Fact as Fact
from hikiwake.measures.scenario.asking import Scenarios as Scenarios
from hikiwake.measures.scenario.asking import Sweep as Sweep

__version__: str
